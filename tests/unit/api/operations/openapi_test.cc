#include "api/operations/openapi.h"

#include "api/fixture.h"

namespace portico::api {
namespace {

using ::testing::HasSubstr;

class Openapi : public ApiTest {};

TEST_F(Openapi, DescribesEveryRouteAndNoOther) {
  std::vector<std::pair<std::string, std::string>> routed;
  for (const auto& [method, pattern] : all_routes()) routed.emplace_back(method, pattern);
  EXPECT_THAT(spec().operations(), ::testing::UnorderedElementsAreArray(routed));
}

TEST_F(Openapi, IsServedByteForByte) {
  const auto response = send("GET", "/openapi.yaml");
  EXPECT_EQ(response.body, openapi_yaml());
  EXPECT_THAT(response.body, ::testing::StartsWith("openapi: 3.1.0\n"));
  EXPECT_THAT(response.body, ::testing::EndsWith("\n"));
}

TEST_F(Openapi, HasAPageForPeople) {
  const auto page = send("GET", "/docs").body;
  EXPECT_THAT(page, HasSubstr("/v2/accounts/{accountId}/voice-applications/{applicationId}"));
  EXPECT_THAT(page, HasSubstr("sipAuthPassword"));
  for (const auto& [method, pattern] : spec().operations())
    EXPECT_THAT(page, HasSubstr("<code>" + pattern + "</code>"));
  EXPECT_THAT(page, HasSubstr("{&quot;passwordAuthEnabled&quot;: true}"));
  EXPECT_FALSE(docs_page("a: [").has_value());
}

TEST_F(Openapi, TheCheckerLooks) {
  http::Response wrong =
      json_answer(200, boost::json::object{{"status", 7}, {"extra", 1}}, "application/json");
  EXPECT_EQ(spec().faults("GET", "/healthz", wrong).size(),
            2U);  // not the constant, and not named
  EXPECT_FALSE(spec().faults("GET", "/nothing", wrong).empty());
  wrong.status = 418;
  EXPECT_FALSE(spec().faults("GET", "/healthz", wrong).empty());
}

}  // namespace
}  // namespace portico::api
