#include "api/operations/health.h"

#include "api/fixture.h"

namespace portico::api {
namespace {

using ::testing::HasSubstr;

class HealthPages : public ApiTest {};

TEST_F(HealthPages, ReadinessGivesItsReasons) {
  EXPECT_EQ(send("GET", "/readyz").status, 200);
  services_.not_ready = [] { return std::vector<std::string>{"draining"}; };
  const auto response = send("GET", "/readyz");
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(text(response, "/reasons/0"), "draining");
  EXPECT_EQ(send("GET", "/healthz").status, 200);
}

TEST_F(HealthPages, MetricsOfOneNameStandTogether) {
  counter("test_api_drops_total", "Things \\ dropped", {{"reason", "a\"b"}}).add(3);
  gauge("test_api_level", "A level").set(-2);
  counter("test_api_drops_total", "Things \\ dropped", {{"reason", "b"}}).add(1);
  const auto body = send("GET", "/metrics").body;
  EXPECT_THAT(body, HasSubstr("# HELP test_api_drops_total Things \\\\ dropped\n"
                              "# TYPE test_api_drops_total counter\n"
                              "test_api_drops_total{reason=\"a\\\"b\"} 3\n"
                              "test_api_drops_total{reason=\"b\"} 1\n"));
  EXPECT_THAT(body, HasSubstr("# TYPE test_api_level gauge\ntest_api_level -2\n"));
}

TEST_F(HealthPages, HistogramsAreCumulative) {
  auto& latency = histogram("test_api_seconds", "Latency", {{"kind", "x"}});
  latency.observe(0.002);
  latency.observe(0.3);
  latency.observe(99);
  const auto body = send("GET", "/metrics").body;
  EXPECT_THAT(body, HasSubstr("test_api_seconds_bucket{kind=\"x\",le=\"0.001\"} 0\n"));
  EXPECT_THAT(body, HasSubstr("test_api_seconds_bucket{kind=\"x\",le=\"0.0025\"} 1\n"));
  EXPECT_THAT(body, HasSubstr("test_api_seconds_bucket{kind=\"x\",le=\"0.5\"} 2\n"));
  EXPECT_THAT(body, HasSubstr("test_api_seconds_bucket{kind=\"x\",le=\"+Inf\"} 3\n"));
  EXPECT_THAT(body, HasSubstr("test_api_seconds_count{kind=\"x\"} 3\n"));
  EXPECT_THAT(body, HasSubstr("test_api_seconds_sum{kind=\"x\"} 99.302\n"));
}

}  // namespace
}  // namespace portico::api
