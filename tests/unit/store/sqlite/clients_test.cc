#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/limits.h"
#include "store/samples.h"

namespace portico::store {
namespace {

using samples::kNoon;
using ::testing::ElementsAre;

class Clients : public ::testing::Test {
 protected:
  Clients() : store_(samples::open("sqlite::memory:")) {}
  std::unique_ptr<account::Store> store_;
};

TEST_F(Clients, AccountsComeBackAndChange) {
  EXPECT_EQ(store_->account("9900000").value(), samples::account());
  account::Account changed = samples::account();
  changed.limits.concurrent_calls = 0;
  ASSERT_TRUE(store_->put_account(changed));
  EXPECT_THAT(store_->accounts().value(), ElementsAre(changed));
  EXPECT_EQ(store_->account("1").error().code, Code::not_found);
}

TEST_F(Clients, TheFirstOneIsMadeWithItsAccountOrNeitherIs) {
  auto first = samples::client();
  first.account_id = "1";
  EXPECT_FALSE(store_->put_account(samples::account("9900001"), first));
  EXPECT_EQ(store_->account("9900001").error().code, Code::not_found);
  first.account_id = "9900001";
  ASSERT_TRUE(store_->put_account(samples::account("9900001"), first));
  EXPECT_TRUE(store_->account("9900001"));
  EXPECT_EQ(store_->client(first.id).value(), first);
}

TEST_F(Clients, ComeBackAsTheyWere) {
  ASSERT_TRUE(store_->put_client(samples::client()));
  EXPECT_EQ(store_->client("CLI-1").value(), samples::client());
  EXPECT_THAT(store_->clients("9900000").value(), ElementsAre(samples::client()));
  EXPECT_EQ(store_->client("CLI-2").error().code, Code::not_found);
}

TEST_F(Clients, NeedAnAccount) {
  account::Client stranger = samples::client();
  stranger.account_id = "1";
  EXPECT_EQ(store_->put_client(stranger).error().code, Code::conflict);
}

TEST_F(Clients, TokensEndWithTheirTimeOrTheirClient) {
  ASSERT_TRUE(store_->put_client(samples::client()));
  ASSERT_TRUE(store_->put_token({.sha256 = "t", .client_id = "CLI-1", .expires = kNoon + 1h}));
  EXPECT_EQ(store_->token("t", kNoon)->client_id, "CLI-1");
  EXPECT_EQ(store_->token("t", kNoon + 1h).error().code, Code::not_found);
  ASSERT_TRUE(store_->delete_client("CLI-1"));
  EXPECT_EQ(store_->token("t", kNoon).error().code, Code::not_found);
  EXPECT_EQ(store_->delete_client("CLI-1").error().code, Code::not_found);
}

TEST_F(Clients, TokensAreBounded) {
  ASSERT_TRUE(store_->put_client(samples::client()));
  for (std::size_t i = 0; i < limits::kTokensPerClientMax + 2; ++i) {
    ASSERT_TRUE(
        store_->put_token({.sha256 = std::to_string(i), .client_id = "CLI-1", .expires = kNoon + 1h}));
  }
  EXPECT_FALSE(store_->token("0", kNoon));
  EXPECT_FALSE(store_->token("1", kNoon));
  EXPECT_TRUE(store_->token("2", kNoon));
}

TEST_F(Clients, ServerSecretsAreMadeOnce) {
  const auto first = store_->server_secret("nonce", 32);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->size(), 32U);
  EXPECT_EQ(store_->server_secret("nonce", 32).value(), *first);
  EXPECT_NE(store_->server_secret("other", 32).value(), *first);
}

}  // namespace
}  // namespace portico::store
