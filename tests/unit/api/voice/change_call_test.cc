#include "api/voice/change_call.h"

#include "api/fixture.h"
#include "api/voice/live_calls.h"
#include "base/limits.h"

namespace portico::api {
namespace {

class ChangeCall : public ApiTest {
 protected:
  ChangeCall() {
    write({account::CallRecord{
               .call_id = "c-1", .account_id = "9900000", .state = "answered", .answered = kNoon},
           account::CallRecord{.call_id = "c-over", .account_id = "9900000", .state = "disconnected"},
           account::CallRecord{.call_id = "c-ringing",
                               .account_id = "9900000",
                               .direction = account::Direction::outbound,
                               .state = "initiated"}});
  }
  http::Response update(const std::string& id, const std::string& body) {
    return send("POST", "/api/v2/accounts/9900000/calls/" + id, body);
  }
  static constexpr const char* kRedirect = R"({"redirectUrl":"https://example.org/next"})";
};

TEST_F(ChangeCall, NeedsACallThatIsThereAndCanTakeIt) {
  EXPECT_EQ(update("c-x", kRedirect).status, 404);
  EXPECT_EQ(update("c-over", kRedirect).status, 409);
  EXPECT_EQ(update("c-over", R"({"state":"completed"})").status, 409);
  EXPECT_EQ(update("c-ringing", kRedirect).status, 409);
  // Known to the store, but of another process.
  EXPECT_EQ(update("c-1", kRedirect).status, 409);
}

TEST_F(ChangeCall, ChecksTheBodyFirst) {
  for (const char* body : {"{}", R"({"state":"paused"})", R"({"redirectUrl":"ftp://x/"})",
                           R"({"redirectUrl":"https://x/","redirectMethod":"PUT"})",
                           R"({"state":"completed","redirectUrl":"https://x/"})",
                           R"({"state":"completed","redirectMethod":"GET"})",
                           R"({"state":"completed","tag":"x"})", R"({"redirectUrl":7})"}) {
    EXPECT_EQ(update("c-x", body).status, 400) << body;
  }
  const auto with = [](const std::string& name, std::size_t characters) {
    const bool is_url = name == "redirectUrl";
    std::string value = is_url ? "https://x/" : "";
    for (std::size_t i = 0; i < characters; ++i) value += is_url ? "x" : "é";
    const std::string url = is_url ? "" : R"("redirectUrl":"https://x/",)";
    return "{" + url + "\"" + name + "\":\"" + value + "\"}";
  };
  for (const auto& [name, most] : {std::pair<std::string, std::size_t>{"tag", limits::kTagCharactersMax},
                                   {"username", limits::kCredentialCharactersMax},
                                   {"fallbackPassword", limits::kCredentialCharactersMax},
                                   {"redirectUrl", limits::kUrlBytesMax - 10}}) {
    EXPECT_EQ(update("c-x", with(name, most)).status, 404) << name;
    EXPECT_EQ(update("c-x", with(name, most + 1)).status, 400) << name;
  }
  auto typed = request("POST", "/api/v2/accounts/9900000/calls/c-1", kRedirect);
  typed.headers.set("Content-Type", "text/plain");
  const auto response = send(typed);
  EXPECT_EQ(response.status, 415);
  EXPECT_EQ(text(response, "/description"), "Content type 'text/plain' not supported");
}

// A row is written behind; what is under way is asked itself.
TEST_F(ChangeCall, ACallThatTheStoreDoesNotKnowYetIsChanged) {
  const LiveCalls live{{.call_id = "c-fresh", .account_id = "9900000"},
                       {.call_id = "c-others", .account_id = "1234567"}};
  services_.calls = &live.registry();
  EXPECT_EQ(update("c-fresh", kRedirect).status, 200);
  EXPECT_EQ(update("c-fresh", R"({"redirectUrl":"/goodbyeMessage"})").status, 200);
  EXPECT_EQ(update("c-fresh", R"({"state":"completed"})").status, 200);
  auto put = request("PUT", "/api/v2/accounts/9900000/calls/c-fresh/bxml", "<Response/>");
  put.headers.set("Content-Type", "application/xml");
  EXPECT_EQ(send(put).status, 204);
  EXPECT_EQ(live.urls(), (std::vector<std::string>{"https://example.org/next", "/goodbyeMessage"}));
  EXPECT_EQ(update("c-others", kRedirect).status, 404) << "of another account";
}

TEST_F(ChangeCall, TheCallItselfRefuses) {
  LiveCalls live{{.call_id = "c-fresh", .account_id = "9900000"}};
  services_.calls = &live.registry();
  live.refuse_with({Code::conflict, "Call [c-fresh] cannot be modified in its current state"});
  EXPECT_EQ(update("c-fresh", kRedirect).status, 409);
  live.refuse_with({Code::invalid, "Invalid redirectUrl: must be http or https"});
  const auto response = update("c-fresh", kRedirect);
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(text(response, "/description"), "Invalid redirectUrl: must be http or https");
}

TEST_F(ChangeCall, ARecordingIsPausedAndGoesOn) {
  LiveCalls live{{.call_id = "c-fresh", .account_id = "9900000"}};
  services_.calls = &live.registry();
  const std::string path = "/api/v2/accounts/9900000/calls/c-fresh/recording";
  const auto paused = send("PUT", path, R"({"state":"paused"})");
  EXPECT_EQ(paused.status, 200);
  EXPECT_EQ(paused.body, "");
  EXPECT_EQ(send("PUT", path, R"({"state":"recording"})").status, 200);
  EXPECT_EQ(live.paused(), (std::vector<bool>{true, false}));
  live.refuse_with({Code::not_found, "Call [c-fresh] has no active recording"});
  EXPECT_EQ(send("PUT", path, R"({"state":"paused"})").status, 404);
  for (const char* body : {"{}", R"({"state":"stopped"})", R"({"state":null})", R"({"state":1})", "[]"}) {
    EXPECT_EQ(send("PUT", path, body).status, 400) << body;
  }
}

TEST_F(ChangeCall, OnlyACallUnderWayHasARecordingToPause) {
  for (const char* id : {"c-x", "c-over", "c-1"}) {
    const auto path = "/api/v2/accounts/9900000/calls/" + std::string(id) + "/recording";
    EXPECT_EQ(send("PUT", path, R"({"state":"paused"})").status, 404) << id;
    auto typed = request("PUT", path, R"({"state":"paused"})");
    typed.headers.set("Content-Type", "text/plain");
    EXPECT_EQ(send(typed).status, 415);
  }
}

TEST_F(ChangeCall, DocumentsMustBeXmlAndValid) {
  auto put = request("PUT", "/api/v2/accounts/9900000/calls/c-1/bxml", "<Response/>");
  EXPECT_EQ(send(put).status, 415);
  put.headers.set("Content-Type", "text/xml");
  EXPECT_EQ(send(put).status, 415);
  put.headers.set("Content-Type", "application/xml");
  services_.deployment.bxml_fault = [](std::string_view) {
    return std::optional<std::string>("its base is that of inline documents");
  };
  LiveCalls live{{.call_id = "c-1", .account_id = "9900000"}};
  services_.calls = &live.registry();
  EXPECT_EQ(send(put).status, 204);
  live.refuse_with({Code::invalid, "Invalid BXML: line 1, column 1: no"});
  EXPECT_EQ(send(put).status, 400);
}

// As the SDKs for Python and Java write it.
TEST_F(ChangeCall, ACallIsEndedThoughTheDefaultMethodsAreNamed) {
  const LiveCalls live{{.call_id = "c-1", .account_id = "9900000"}};
  services_.calls = &live.registry();
  EXPECT_EQ(update("c-1", R"({"state":"completed","redirectMethod":"POST","redirectFallbackMethod":"POST"})")
                .status,
            200);
  EXPECT_EQ(update("c-1", R"({"state":"completed","redirectMethod":"GET"})").status, 400);
}

TEST_F(ChangeCall, ACallWhoseEndTheStoreDoesNotHaveYetIsKnown) {
  services_.unwritten_call = [](std::string_view account_id, std::string_view call_id) {
    return account_id == "9900000" && call_id == "c-short"
               ? std::optional(account::CallRecord{
                     .call_id = "c-short", .account_id = "9900000", .state = "disconnected"})
               : std::nullopt;
  };
  EXPECT_EQ(update("c-short", kRedirect).status, 409);
  const auto seen = send("GET", "/api/v2/accounts/9900000/calls/c-short");
  EXPECT_EQ(seen.status, 200);
  EXPECT_EQ(text(seen, "/state"), "disconnected");
}

}  // namespace
}  // namespace portico::api
