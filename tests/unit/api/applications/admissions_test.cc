#include "api/applications/admissions.h"

#include "api/fixture.h"

namespace portico::api {
namespace {

class Admissions : public ApiTest {
 protected:
  Admissions()
      : id_(create(R"({"applicationName":"x", "inboundSipCallsEnabled":true, "passwordAuthEnabled":true,
                       "allowedSourceIps":["203.0.113.0/24"], "allowedRegions":["US"]})")) {}
  std::string below(const std::string& name) const {
    return "/v1/accounts/9900000/voice-applications/" + id_ + "/" + name;
  }
  http::Response explain(const std::string& body) { return send("POST", below("explain"), body); }
  std::string id_;
};

TEST_F(Admissions, AreListedNewestFirst) {
  account::AdmissionRow row{.time = kNoon,
                            .account_id = "9900000",
                            .application_id = id_,
                            .source = {IpAddress::v4(0xCB007109), 5060},
                            .transport = "udp",
                            .region = "US",
                            .sip_call_id = "a",
                            .from = "sip:x@y",
                            .step = 7,
                            .reason = "source-not-allowed",
                            .answer = 403,
                            .explanation = "no"};
  auto dropped = row;
  dropped.step = 2;
  dropped.answer = 0;
  dropped.reason = "source-rate";
  write({row, dropped});
  const auto response = send("GET", below("admissions"));
  ASSERT_EQ(response.status, 200);
  EXPECT_EQ(text(response, "/data/0/reason"), "source-rate");
  EXPECT_TRUE(at(response, "/data/0/answer").is_null());
  EXPECT_EQ(at(response, "/data/1/answer"), 403);
  EXPECT_EQ(text(response, "/data/1/source"), "203.0.113.9:5060");
  const auto first = send("GET", below("admissions") + "?limit=1");
  EXPECT_EQ(text(send("GET", text(first, "/links/1/href")), "/data/0/reason"), "source-not-allowed");
}

TEST_F(Admissions, ExplainSaysWhatAnInviteWouldGet) {
  auto response = explain(R"({"source":"203.0.113.9"})");
  ASSERT_EQ(response.status, 200) << response.body;
  EXPECT_EQ(at(response, "/data/admitted"), false);
  EXPECT_EQ(at(response, "/data/answer"), 407);
  EXPECT_EQ(at(response, "/data/challenge"), true);
  response = explain(R"({"source":"203.0.113.9","credentials":"right","transport":"tls"})");
  EXPECT_EQ(at(response, "/data/admitted"), true);
  EXPECT_EQ(at(response, "/data/step"), 15);
  response = explain(R"({"source":"198.51.100.1"})");
  EXPECT_EQ(text(response, "/data/reason"), "source-not-allowed");
  EXPECT_EQ(text(explain(R"({"source":"203.0.113.9","region":"EU"})"), "/data/reason"), "region-not-allowed");
}

TEST_F(Admissions, ExplainTakesTheUserPartThatWasDialled) {
  const auto sip_uri = text(send("GET", application(id_)), "/data/sipUri");
  const auto user = sip_uri.substr(4, 36);
  const auto asked = [](const std::string& part) {
    return R"({"source":"203.0.113.9","userPart":")" + part + R"("})";
  };
  EXPECT_EQ(text(explain(asked(user)), "/data/reason"), "challenge");
  EXPECT_EQ(text(explain(asked("reception")), "/data/reason"), "unknown-application");
  EXPECT_EQ(text(explain(asked(user + "0")), "/data/reason"), "unknown-application");
}

TEST_F(Admissions, ExplainOfADisabledApplicationSaysSo) {
  send("PATCH", application(id_), R"({"inboundSipCallsEnabled":false})");
  EXPECT_EQ(text(explain(R"({"source":"203.0.113.9"})"), "/data/reason"), "unknown-application");
}

TEST_F(Admissions, BadQuestionsNameTheirFields) {
  auto response = explain(R"({"source":"here","transport":"pigeon","credentials":"none"})");
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(at(response, "/errors").as_array().size(), 3U);
  EXPECT_EQ(explain("{}").status, 400);
  auto asked = request("POST", below("explain"), "{}");
  asked.headers.set("Content-Type", "text/plain");
  EXPECT_EQ(send(asked).status, 415);
}

TEST_F(Admissions, OfUnknownApplicationsAreNotFound) {
  const std::string other = "/v1/accounts/9900000/voice-applications/0b8f0c0e-7a55-4c55-9a3e-2f0d7f2d9a10/";
  EXPECT_EQ(send("GET", other + "admissions").status, 404);
  EXPECT_EQ(send("POST", other + "explain", R"({"source":"203.0.113.9"})").status, 404);
}

}  // namespace
}  // namespace portico::api
