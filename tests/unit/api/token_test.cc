#include "api/token.h"

#include "api/fixture.h"

namespace portico::api {
namespace {

class Token : public ApiTest {
 protected:
  http::Request ask(std::string form) {
    auto out = request("POST", "/api/v1/oauth2/token", std::move(form));
    out.headers.set("Content-Type", "application/x-www-form-urlencoded");
    return out;
  }
};

TEST_F(Token, IsGivenForClientCredentials) {
  const auto response = send(ask("grant_type=client_credentials"));
  ASSERT_EQ(response.status, 200) << response.body;
  EXPECT_EQ(text(response, "/token_type"), "Bearer");
  EXPECT_EQ(at(response, "/expires_in"), 3600);
  EXPECT_EQ(response.headers.get("Cache-Control"), "no-store");
  EXPECT_EQ(text(response, "/access_token").size(), 43U);
}

TEST_F(Token, OpensTheApiUntilItExpires) {
  const auto token = text(send(ask("grant_type=client_credentials")), "/access_token");
  auto list = request("GET", applications());
  list.headers.set("Authorization", "bearer " + token);
  EXPECT_EQ(send(list).status, 200);
  now_ = kNoon + 3599s;
  EXPECT_EQ(send(list).status, 200);
  now_ = kNoon + 3600s;
  EXPECT_EQ(send(list).status, 401);
}

TEST_F(Token, EndsWithItsClient) {
  const auto token = text(send(ask("grant_type=client_credentials")), "/access_token");
  ASSERT_TRUE(store_->delete_client(client_.id));
  auto list = request("GET", applications());
  list.headers.set("Authorization", "Bearer " + token);
  EXPECT_EQ(send(list).status, 401);
}

TEST_F(Token, IsGivenForCredentialsInTheForm) {
  auto asked = ask("grant_type=client_credentials&client_id=" + client_.id + "&client_secret=" + secret_);
  asked.headers.erase("Authorization");
  EXPECT_EQ(send(asked).status, 200);
}

TEST_F(Token, TwoTokensLiveSideBySide) {
  const auto one = text(send(ask("grant_type=client_credentials")), "/access_token");
  const auto two = text(send(ask("grant_type=client_credentials")), "/access_token");
  EXPECT_NE(one, two);
  for (const auto& token : {one, two}) {
    auto list = request("GET", applications());
    list.headers.set("Authorization", "Bearer " + token);
    EXPECT_EQ(send(list).status, 200);
  }
}

TEST_F(Token, IsRefusedAsRfc6749Says) {
  auto wrong = ask("grant_type=client_credentials");
  wrong.headers.set("Authorization", basic(client_.id, "wrong"));
  auto response = send(wrong);
  EXPECT_EQ(response.status, 401);
  EXPECT_EQ(text(response, "/error"), "invalid_client");
  EXPECT_THAT(std::string(response.headers.get("WWW-Authenticate")), ::testing::StartsWith("Basic"));

  auto nobody = ask("grant_type=client_credentials");
  nobody.headers.set("Authorization", basic("CLI-nobody", ""));
  EXPECT_EQ(send(nobody).status, 401);

  auto none = ask("grant_type=client_credentials");
  none.headers.erase("Authorization");
  EXPECT_EQ(text(send(none), "/error"), "invalid_client");

  EXPECT_EQ(text(send(ask("scope=x")), "/error"), "invalid_request");
  EXPECT_EQ(text(send(ask("grant_type=password")), "/error"), "unsupported_grant_type");
  EXPECT_EQ(text(send(ask("grant_type=client_credentials&client_secret=x")), "/error"), "invalid_request");

  auto as_json = ask("{}");
  as_json.headers.set("Content-Type", "application/json");
  EXPECT_EQ(text(send(as_json), "/error"), "invalid_request");
}

}  // namespace
}  // namespace portico::api
