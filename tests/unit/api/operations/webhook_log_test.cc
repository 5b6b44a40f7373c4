#include "api/operations/webhook_log.h"

#include "api/fixture.h"

namespace portico::api {
namespace {

class WebhookLog : public ApiTest {};

TEST_F(WebhookLog, IsFilteredByCall) {
  account::WebhookExchange sent{.time = kNoon,
                                .account_id = "9900000",
                                .application_id = "a",
                                .call_id = "c-1",
                                .event = "initiate",
                                .url = "https://user:hidden@example.org/in",
                                .status = 200,
                                .latency = 15ms,
                                .request_body = "{\"a\":1}",
                                .response_body = "<Response/>"};
  auto lost = sent;
  lost.call_id = "c-2";
  lost.status = 0;
  lost.error = "connection refused";
  write({sent, lost});
  const auto all = send("GET", "/v1/accounts/9900000/webhooks");
  EXPECT_EQ(at(all, "/data").as_array().size(), 2U);
  EXPECT_TRUE(at(all, "/data/0/status").is_null());
  EXPECT_EQ(text(all, "/data/0/error"), "connection refused");
  EXPECT_THAT(all.body, ::testing::Not(::testing::HasSubstr("hidden")));
  const auto one = send("GET", "/v1/accounts/9900000/webhooks?callId=c-1");
  EXPECT_EQ(at(one, "/data").as_array().size(), 1U);
  EXPECT_EQ(text(one, "/data/0/responseBody"), "<Response/>");
  EXPECT_EQ(at(one, "/data/0/latencyMs"), 15);
}

}  // namespace
}  // namespace portico::api
