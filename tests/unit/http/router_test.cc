#include "http/router.h"

#include <gtest/gtest.h>

namespace portico::http {
namespace {

Handler says(std::string name) {
  return [name](const Request& request) {
    Response response{.body = name};
    for (const auto& [key, value] : request.params) response.body += " " + key + "=" + value;
    return response;
  };
}

Router routes() {
  Router router;
  router.add("GET", "/", says("root"));
  router.add("GET", "/v2/accounts/{accountId}/calls", says("list"));
  router.add("POST", "/v2/accounts/{accountId}/calls", says("create"));
  router.add("GET", "/v2/accounts/{accountId}/calls/{callId}", says("call"));
  router.add("GET", "/v2/accounts/{accountId}/calls/statistics", says("statistics"));
  router.add("GET", "/console/{file...}", says("console"));
  return router;
}

Response ask(std::string method, std::string path) {
  static const auto router = routes();
  return router.route({.method = std::move(method), .path = std::move(path)});
}

TEST(Router, FindsTheHandlerAndItsParameters) {
  EXPECT_EQ(ask("GET", "/").body, "root");
  EXPECT_EQ(ask("GET", "/v2/accounts/17/calls").body, "list accountId=17");
  EXPECT_EQ(ask("POST", "/v2/accounts/17/calls").body, "create accountId=17");
  EXPECT_EQ(ask("GET", "/v2/accounts/1/calls/c-%2F%20x").body, "call accountId=1 callId=c-/ x");
}

// Who guards paths by how they begin must see what is routed.
TEST(Router, TakesLiteralSegmentsAsTheyCome) {
  for (const auto* path :
       {"/%762/accounts/1/calls", "/v2/%61ccounts/1/calls", "/v2/accounts/1/call%73", "/%2F", "//"}) {
    EXPECT_EQ(ask("GET", path).status, 404) << path;
  }
}

TEST(Router, PrefersLiteralSegments) {
  EXPECT_EQ(ask("GET", "/v2/accounts/1/calls/statistics").body, "statistics accountId=1");
}

TEST(Router, GivesTheRestOfAPath) {
  EXPECT_EQ(ask("GET", "/console/js/app.js").body, "console file=js/app.js");
  EXPECT_EQ(ask("GET", "/console/").body, "console file=");
}

TEST(Router, AnswersHeadWithTheHandlerOfGet) {
  EXPECT_EQ(ask("HEAD", "/v2/accounts/1/calls").body, "list accountId=1");
}

TEST(Router, TellsAnUnknownPathFromAnUnknownMethod) {
  EXPECT_EQ(ask("GET", "/v2/accounts/1").status, 404);
  EXPECT_EQ(ask("GET", "/v2/accounts//calls").status, 404);
  EXPECT_EQ(ask("GET", "/v2/accounts/1/calls/").status, 404);
  EXPECT_EQ(ask("GET", "*").status, 404);
  EXPECT_EQ(ask("GET", "").status, 404);
  const auto refused = ask("DELETE", "/v2/accounts/1/calls");
  EXPECT_EQ(refused.status, 405);
  EXPECT_EQ(refused.headers.get("allow"), "GET, POST");
}

TEST(Router, NamesThePatternOfAPath) {
  const auto router = routes();
  EXPECT_EQ(router.pattern_of("/v2/accounts/1/calls/x"), "/v2/accounts/{accountId}/calls/{callId}");
  EXPECT_EQ(router.pattern_of("/nothing"), "");
}

TEST(Headers, CompareNamesWithoutCase) {
  Headers headers{{"Content-Type", "text/plain"}, {"X-A", "1"}, {"x-a", "2"}};
  EXPECT_EQ(headers.get("content-type"), "text/plain");
  EXPECT_EQ(headers.get("X-a"), "1");
  headers.set("X-A", "3");
  EXPECT_EQ(headers.size(), 2U);
  EXPECT_EQ(headers.get("x-a"), "3");
  EXPECT_FALSE(headers.has("X-B"));
}

}  // namespace
}  // namespace portico::http
