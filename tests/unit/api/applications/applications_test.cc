#include "api/applications/applications.h"

#include "api/fixture.h"

namespace portico::api {
namespace {

using ::testing::HasSubstr;

constexpr const char* kEnable =
    R"({"inboundSipCallsEnabled": true, "passwordAuthEnabled": true, "allowedRegions": ["US"]})";

class Applications : public ApiTest {
 protected:
  std::vector<std::string> fields(const http::Response& response) {
    std::vector<std::string> out;
    const auto body = parsed(response);
    for (const auto& error : body.at("errors").as_array()) {
      out.emplace_back(error.at("source").at("field").as_string());
    }
    return out;
  }
};

TEST_F(Applications, AFieldThatStandsTwiceIsNamedAndChangesNothing) {
  const auto id = create();
  const auto refused = send("PATCH", application(id), R"({"applicationName":"A","applicationName":"B"})");
  EXPECT_EQ(refused.status, 400);
  EXPECT_THAT(refused.body, HasSubstr(R"(the field \"applicationName\" stands twice)"));
  EXPECT_EQ(text(send("GET", application(id)), "/data/applicationName"), "Lobby");
}

TEST_F(Applications, AreCreatedReadListedAndDeleted) {
  const auto created = send("POST", applications(), R"({"applicationName":"Lobby"})");
  ASSERT_EQ(created.status, 201);
  const auto id = text(created, "/data/applicationId");
  EXPECT_EQ(created.headers.get("Location"), application(id));
  EXPECT_EQ(created.headers.get("ETag"), "\"1\"");
  EXPECT_EQ(text(created, "/data/applicationName"), "Lobby");
  EXPECT_TRUE(at(created, "/data/sipUri").is_null());

  const auto read = send("GET", application(id));
  EXPECT_EQ(read.status, 200);
  EXPECT_EQ(at(read, "/data"), at(created, "/data"));
  EXPECT_EQ(at(read, "/errors"), boost::json::array());

  const auto listed = send("GET", applications());
  EXPECT_EQ(at(listed, "/data/0"), at(read, "/data"));
  EXPECT_EQ(at(listed, "/page/totalElements"), 1);

  EXPECT_EQ(send("DELETE", application(id)).status, 204);
  EXPECT_EQ(send("GET", application(id)).status, 404);
  EXPECT_EQ(send("DELETE", application(id)).status, 404);
  EXPECT_FALSE(directory_.by_id(id));
}

// The example of contract voice-applications.md section 3.
TEST_F(Applications, EnablingShowsThePasswordOnce) {
  const auto id = create();
  const auto enabled = send("PATCH", application(id), kEnable);
  ASSERT_EQ(enabled.status, 200) << enabled.body;
  const auto password = text(enabled, "/data/sipAuthPassword");
  EXPECT_GE(password.size(), 32U);
  EXPECT_THAT(text(enabled, "/data/sipUri"),
              ::testing::MatchesRegex("sip:[0-9a-f-]{36}@sip.voice.example.org"));
  EXPECT_EQ(at(enabled, "/data/allowedSourceIps"), boost::json::array());
  EXPECT_EQ(at(enabled, "/data/allowedRegions"), boost::json::array({"US"}));

  const auto read = send("GET", application(id));
  EXPECT_FALSE(parsed(read).at("data").as_object().contains("sipAuthPassword"));
  EXPECT_THAT(read.body, ::testing::Not(HasSubstr(password)));
}

TEST_F(Applications, ChangesAreSeenByTheCallPathAtOnce) {
  const auto id = create();
  const auto uri = text(send("PATCH", application(id), kEnable), "/data/sipUri");
  const auto user = uri.substr(4, 36);
  ASSERT_TRUE(directory_.by_sip_user(user));
  EXPECT_TRUE(directory_.by_sip_user(user)->password_auth_enabled);
  send("PATCH", application(id), R"({"inboundSipCallsEnabled": false})");
  EXPECT_FALSE(directory_.by_sip_user(user));
}

TEST_F(Applications, RotatingGivesANewPasswordAndTheSameUri) {
  const auto id = create();
  const auto first = send("PATCH", application(id), kEnable);
  const auto second = send("PATCH", application(id), R"({"passwordAuthEnabled": true})");
  EXPECT_EQ(text(first, "/data/sipUri"), text(second, "/data/sipUri"));
  EXPECT_NE(text(first, "/data/sipAuthPassword"), text(second, "/data/sipAuthPassword"));
  EXPECT_EQ(text(send("PATCH", application(id), R"({"applicationName": "x"})"), "/data/sipAuthPassword"), "");
}

TEST_F(Applications, EveryFaultIsReportedWithItsField) {
  const auto id = create();
  const auto response = send("PATCH", application(id), R"({
      "inboundSipCallsEnabled": true, "passwordAuthEnabled": null, "allowedSourceIps": ["10.0.0.0/8", "1.2.3.4"],
      "allowedRegions": "US", "sipUri": "sip:x@y", "callbackTimeout": "15", "callInitiatedCallbackUrl": "x"})");
  EXPECT_EQ(response.status, 400);
  EXPECT_THAT(fields(response), ::testing::UnorderedElementsAre(
                                    "sipUri", "passwordAuthEnabled", "allowedSourceIps", "allowedSourceIps",
                                    "allowedRegions", "callbackTimeout", "callInitiatedCallbackUrl"));
  EXPECT_EQ(at(send("GET", application(id)), "/data/inboundSipCallsEnabled"), false);
}

TEST_F(Applications, EnablingWithoutAMechanismIsRefused) {
  const auto id = create();
  const auto response = send("PATCH", application(id), R"({"inboundSipCallsEnabled": true})");
  EXPECT_EQ(response.status, 400);
  EXPECT_THAT(fields(response), ::testing::ElementsAre("inboundSipCallsEnabled"));
}

TEST_F(Applications, MergePatchIsAMediaTypeOfPatchOnly) {
  const auto id = create();
  auto patch = request("PATCH", application(id), R"({"applicationName":"Desk"})");
  patch.headers.set("Content-Type", "application/merge-patch+json; charset=utf-8");
  EXPECT_EQ(send(patch).status, 200);
  auto post = request("POST", applications(), R"({"applicationName":"Desk"})");
  post.headers.set("Content-Type", "application/merge-patch+json");
  EXPECT_EQ(send(post).status, 415);
  post.headers.erase("Content-Type");
  EXPECT_EQ(send(post).status, 415);
}

TEST_F(Applications, BodiesMustBeObjects) {
  const auto id = create();
  for (const char* body : {"[]", "null", "{", "{} {}", "\"x\"", "{\"a\":}"}) {
    EXPECT_EQ(send("PATCH", application(id), body).status, 400) << body;
    EXPECT_EQ(send("POST", applications(), body).status, 400) << body;
  }
}

TEST_F(Applications, UnknownMembersAreIgnored) {
  const auto id = create();
  // Past the check of requests against the document, which does not name it.
  const auto response = serve(router_, services_, request("PATCH", application(id), R"({"colour":"red"})"));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.headers.get("ETag"), "\"1\"");
}

TEST_F(Applications, IfMatchGuardsPatchAndDelete) {
  const auto id = create();
  auto patch = request("PATCH", application(id), R"({"applicationName":"Desk"})");
  patch.headers.set("If-Match", "\"1\"");
  EXPECT_EQ(send(patch).headers.get("ETag"), "\"2\"");
  const auto stale = send(patch);
  EXPECT_EQ(stale.status, 412);
  EXPECT_EQ(text(stale, "/errors/0/source/header"), "If-Match");
  patch.headers.set("If-Match", "W/\"2\"");
  EXPECT_EQ(send(patch).status, 412);
  patch.headers.set("If-Match", "\"9\", \"2\"");
  EXPECT_EQ(send(patch).status, 200);
  patch.headers.set("If-Match", "*");
  EXPECT_EQ(send(patch).status, 200);

  auto remove = request("DELETE", application(id));
  remove.headers.set("If-Match", "\"1\"");
  EXPECT_EQ(send(remove).status, 412);
  remove.headers.set("If-Match", "\"2\"");
  EXPECT_EQ(send(remove).status, 204);
}

TEST_F(Applications, WithNumbersAreNotDeleted) {
  const auto id = create();
  ASSERT_TRUE(store_->put_number({"+15551230000", "9900000", id}));
  const auto response = send("DELETE", application(id));
  EXPECT_EQ(response.status, 409);
  EXPECT_EQ(text(response, "/errors/0/type"), "conflict");
}

TEST_F(Applications, AreListedPageByPage) {
  for (int i = 0; i < 5; ++i) create();
  std::string target = applications() + "?limit=2";
  std::vector<std::size_t> sizes;
  for (int i = 0; i < 5 && !target.empty(); ++i) {
    const auto page = send("GET", target);
    ASSERT_EQ(page.status, 200) << page.body;
    sizes.push_back(at(page, "/data").as_array().size());
    EXPECT_EQ(at(page, "/page/pageNumber"), i + 1);
    EXPECT_EQ(at(page, "/page/totalPages"), 3);
    target = text(page, "/links/1/href");
  }
  EXPECT_THAT(sizes, ::testing::ElementsAre(2U, 2U, 1U));
}

TEST_F(Applications, BadPagingIsRefused) {
  for (const char* query : {"limit=0", "limit=1001", "limit=x", "limit=-1", "afterCursor=x",
                            "afterCursor=2~x", "afterCursor=1~0."}) {
    EXPECT_EQ(send("GET", applications() + "?" + query).status, 400) << query;
  }
}

TEST_F(Applications, OfAnotherAccountAreNotFound) {
  ASSERT_TRUE(store_->insert_application(
      {.id = "0b8f0c0e-7a55-4c55-9a3e-2f0d7f2d9a10", .account_id = "1234567", .name = "theirs"}));
  const auto path = application("0b8f0c0e-7a55-4c55-9a3e-2f0d7f2d9a10");
  EXPECT_EQ(send("GET", path).status, 404);
  EXPECT_EQ(send("PATCH", path, "{}").status, 404);
  EXPECT_EQ(send("DELETE", path).status, 404);
}

TEST_F(Applications, WebhookPasswordsAreNeverShown) {
  const auto id = create(R"({"applicationName":"x", "callInitiatedCallbackUrl":"https://example.org/",
      "callbackCreds":{"userId":"u","password":"hidden-one"}, "callbackTimeout": 2.5,
      "callInitiatedFallbackCreds":{"userId":"f","password":"hidden-two"}})");
  const auto read = send("GET", application(id));
  EXPECT_EQ(text(read, "/data/callbackCreds/userId"), "u");
  EXPECT_EQ(at(read, "/data/callbackTimeout"), 2.5);
  EXPECT_THAT(read.body, ::testing::Not(HasSubstr("hidden")));
  EXPECT_EQ(send("PATCH", application(id), R"({"callInitiatedFallbackCreds":null})").status, 200);
  send("PATCH", application(id), R"({"callbackCreds":{"userId":"v"}})");
  EXPECT_EQ(store_->application("9900000", id)->callbacks.credentials,
            (account::BasicCredentials{"v", "hidden-one"}));
}

TEST_F(Applications, IdsAreTakenInEitherCase) {
  const auto id = create();
  std::string upper = id;
  for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  EXPECT_EQ(text(send("GET", application(upper)), "/data/applicationId"), id);
}

}  // namespace
}  // namespace portico::api
