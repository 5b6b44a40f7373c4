#include "api/gate.h"

#include "api/fixture.h"

namespace portico::api {
namespace {

class Gate : public ApiTest {};

// Contract voice-api.md section 8, A1: 401, 403, 404 path, 405, 415, 400, 404 resource.
TEST_F(Gate, AsksForProofBeforeAnythingElse) {
  for (const char* path :
       {"/v2/accounts/9900000/voice-applications", "/v2/nothing", "/api/v2/accounts/9900000/calls",
        "/api/v2/nothing", "/v1/accounts/9900000/webhooks", "/v1/nothing"}) {
    auto asked = request("DELETE", path);
    asked.headers.erase("Authorization");
    const auto response = send(asked);
    EXPECT_EQ(response.status, 401) << path;
    EXPECT_EQ(response.headers.get("WWW-Authenticate"), "Bearer realm=\"portico\"") << path;
  }
}

TEST_F(Gate, RefusesProofsThatAreNone) {
  for (const std::string& proof : {std::string("Basic !!!"), std::string("Basic"), basic(client_.id, "x"),
                                   std::string("Bearer x"), std::string("Digest a=b"), "Basic " + secret_}) {
    auto asked = request("GET", applications());
    asked.headers.set("Authorization", proof);
    EXPECT_EQ(send(asked).status, 401) << proof;
  }
}

TEST_F(Gate, RefusesByTheHeadAlone) {
  auto asked = request("POST", applications());
  EXPECT_FALSE(judge_head(services_, asked).refusal);
  EXPECT_EQ(judge_head(services_, asked).body_bytes_max, limits::kHttpRequestBytesMax);
  asked.headers.erase("Authorization");
  const auto stranger = judge_head(services_, asked);
  ASSERT_TRUE(stranger.refusal);
  EXPECT_EQ(stranger.refusal->status, 401);
  const auto token = judge_head(services_, request("POST", "/api/v1/oauth2/token"));
  EXPECT_FALSE(token.refusal);
  EXPECT_EQ(token.body_bytes_max, limits::kHttpUnprovenBodyBytesMax);
}

TEST_F(Gate, BasicCanBeSwitchedOff) {
  services_.basic_auth = false;
  EXPECT_EQ(send("GET", applications()).status, 401);
}

TEST_F(Gate, OpensOnlyTheOwnAccount) {
  EXPECT_EQ(send("GET", "/v2/accounts/1234567/voice-applications").status, 403);
  EXPECT_EQ(send("GET", "/api/v2/accounts/1234567/calls").status, 403);
  EXPECT_EQ(send("GET", "/api/v2/accounts/1234567/no-such-path").status, 403);
  EXPECT_EQ(send("GET", "/v2/accounts/9900000%2f/voice-applications").status, 403);
  EXPECT_EQ(send("GET", "/v2/%61ccounts/9900001/voice-applications").status, 404) << "no way around the gate";
  EXPECT_EQ(send("GET", "/v1/accounts/0/webhooks").status, 403);
}

TEST_F(Gate, TellsWhoseTurnARequestIs) {
  const auto turn = [&](const char* path, bool with_proof = true) {
    auto asked = request("GET", path);
    if (!with_proof) asked.headers.erase("Authorization");
    return judge_head(services_, asked).line;
  };
  EXPECT_EQ(turn("/api/v2/accounts/9900000/calls"), "account 9900000");
  EXPECT_EQ(turn("/v1/accounts/9900000"), "account 9900000");
  EXPECT_EQ(turn("/v1/accounts/1234567"), "") << "nobody takes another's turn";
  EXPECT_EQ(turn("/healthz"), "");
  EXPECT_EQ(turn("/api/v2/accounts/9900000/calls", false), "");
}

TEST_F(Gate, AsksForTheRole) {
  auto limited = client_;
  limited.roles = {account::Role::voice};
  ASSERT_TRUE(store_->put_client(limited));
  const auto response = send("GET", applications());
  EXPECT_EQ(response.status, 403);
  EXPECT_THAT(response.body, ::testing::HasSubstr("voice-applications"));
  EXPECT_EQ(send("GET", "/api/v2/accounts/9900000/calls").status, 200);
  limited.roles = {account::Role::voice_applications};
  ASSERT_TRUE(store_->put_client(limited));
  EXPECT_EQ(send("GET", applications()).status, 200);
  EXPECT_EQ(send("GET", "/api/v2/accounts/9900000/calls").status, 403);
}

TEST_F(Gate, ThenComesThePathThenTheMethodThenTheBody) {
  EXPECT_EQ(send("GET", "/v2/accounts/9900000/nothing").status, 404);
  auto response = send("PUT", applications());
  EXPECT_EQ(response.status, 405);
  EXPECT_EQ(response.headers.get("Allow"), "GET, POST");
  EXPECT_EQ(text(response, "/errors/0/type"), "method_not_allowed");
  EXPECT_EQ(send("HEAD", applications()).status, 405);
  EXPECT_EQ(send("OPTIONS", applications()).status, 405);

  const std::string missing = application("0b8f0c0e-7a55-4c55-9a3e-2f0d7f2d9a10");
  auto typed = request("PATCH", missing, "not json");
  typed.headers.set("Content-Type", "text/plain");
  EXPECT_EQ(send(typed).status, 415);
  EXPECT_EQ(send("PATCH", missing, "not json").status, 400);
  EXPECT_EQ(send("PATCH", missing, "{}").status, 404);
}

TEST_F(Gate, ErrorsHaveTheShapeOfTheirApi) {
  EXPECT_EQ(text(send("GET", "/api/v2/accounts/9900000/nothing"), "/description"), "Not Found");
  auto asked = request("GET", "/api/v2/accounts/9900000/calls");
  asked.headers.erase("Authorization");
  EXPECT_EQ(text(send(asked), "/type"), "authentication-error");
  EXPECT_EQ(text(send("GET", "/v2/accounts/9900000/nothing"), "/errors/0/type"), "resource_not_found");
  EXPECT_EQ(text(send("POST", "/api/v2/accounts/9900000/calls"), "/description"), "Method Not Allowed");
}

TEST_F(Gate, LetsEverybodySeeHealthAndDocuments) {
  for (const char* path : {"/healthz", "/readyz", "/metrics", "/openapi.yaml", "/docs"}) {
    auto asked = request("GET", path);
    asked.headers.erase("Authorization");
    EXPECT_EQ(send(asked).status, 200) << path;
  }
}

}  // namespace
}  // namespace portico::api
