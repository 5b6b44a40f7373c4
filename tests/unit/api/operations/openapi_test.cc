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

TEST_F(Openapi, ThePageEscapesWhatItShows) {
  const auto page = docs_page("info: {title: \"<script>&\\\"\"}\ntags: [{name: <b>, description: <i>}]\n");
  ASSERT_TRUE(page) << page.error().what;
  EXPECT_THAT(*page, HasSubstr("<h1>&lt;script&gt;&amp;&quot;</h1>"));
  EXPECT_THAT(*page, HasSubstr("<h2>&lt;b&gt;</h2><p>&lt;i&gt;</p>"));
}

// Whatever a customer stores or asks, the one page of HTML stays the same, and no other answer is HTML.
TEST_F(Openapi, NothingOfACustomerIsInHtml) {
  const std::string evil = "<script>alert(1)</script>";
  const auto id = create(R"({"applicationName":")" + evil + R"("})");
  const auto filled = [&](std::string pattern) {
    for (auto at = pattern.find('{'); at != pattern.npos; at = pattern.find('{')) {
      const auto name = pattern.substr(at, pattern.find('}', at) + 1 - at);
      const auto value = name == "{accountId}" ? "9900000" : name == "{applicationId}" ? id : evil;
      pattern.replace(at, name.size(), value);
    }
    return pattern;
  };
  auto routes = all_routes();
  routes.push_back({"GET", "/docs/{anything}"});
  routes.push_back({"GET", "/{anything}"});
  routes.push_back({"TRACE", "/docs"});
  for (const auto& [method, pattern] : routes) {
    if (method == "DELETE") continue;  // the application stays for the others
    auto asked = request(std::string(method), filled(std::string(pattern)),
                         R"({")" + evil + R"(":")" + evil + R"("})");
    for (const auto* name : {"Host", "Accept", "User-Agent", "Referer", "X-Forwarded-Host"})
      asked.headers.set(name, evil);
    asked.query.emplace_back(evil, evil);
    const auto answer = serve(router_, services_, asked);
    const bool is_page = answer.headers.get("Content-Type").starts_with("text/html");
    EXPECT_EQ(is_page, method == "GET" && pattern == "/docs") << method << " " << pattern;
    if (is_page) {
      EXPECT_EQ(answer.body, *docs_page(openapi_yaml()));
      EXPECT_THAT(answer.body, ::testing::Not(HasSubstr("<script")));
    }
    for (const auto& [name, value] : answer.headers)
      EXPECT_THAT(value, ::testing::Not(HasSubstr(evil))) << name;
  }
}

TEST_F(Openapi, TheCheckerLooks) {
  http::Response wrong =
      json_answer(200, boost::json::object{{"status", 7}, {"extra", 1}}, "application/json");
  EXPECT_EQ(spec().faults("GET", "/healthz", wrong).size(),
            2U);  // not the constant, and not named
  EXPECT_FALSE(spec().faults("GET", "/nothing", wrong).empty());
  wrong.status = 418;
  EXPECT_FALSE(spec().faults("GET", "/healthz", wrong).empty());
  const auto path = "/api/v2/accounts/9900000/calls/c-1/recording";
  EXPECT_THAT(spec().request_faults(request("PUT", path, R"({"state":"paused"})")), ::testing::IsEmpty());
  EXPECT_THAT(spec().request_faults(request("PUT", path, R"({"state":"gone"})")), ::testing::SizeIs(1));
  EXPECT_THAT(spec().request_faults(request("GET", path, "{}")), ::testing::SizeIs(1));
}

}  // namespace
}  // namespace portico::api
