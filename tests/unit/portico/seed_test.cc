#include "portico/seed.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/open.h"

namespace portico::app {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

class SeedTest : public testing::Test {
 protected:
  Result<Seeded> seed_with(std::map<std::string, std::string> variables) {
    const auto environment = [&](const std::string& name) -> std::optional<std::string> {
      const auto found = variables.find(name);
      return found == variables.end() ? std::nullopt : std::optional(found->second);
    };
    return seed(*store_, {}, environment, WallTime{});
  }
  std::unique_ptr<account::Store> store_ = store::open_store("sqlite::memory:").value();
};

TEST_F(SeedTest, TakesWhatTheEnvironmentNames) {
  const auto seeded = seed_with({{"PORTICO_ACCOUNT_ID", "acme_EU-1"},
                                 {"PORTICO_CLIENT_ID", "CLI test"},
                                 {"PORTICO_CLIENT_SECRET", "sixteen letters:"}});
  ASSERT_TRUE(seeded) << seeded.error().what;
  EXPECT_EQ(seeded->account_id, "acme_EU-1");
  EXPECT_EQ(seeded->client_id, "CLI test");
  EXPECT_EQ(seeded->client_secret, "sixteen letters:");
  const auto client = store_->client("CLI test");
  ASSERT_TRUE(client);
  EXPECT_EQ(client->account_id, "acme_EU-1");
  EXPECT_TRUE(account::secret_matches(*client, "sixteen letters:"));
}

TEST_F(SeedTest, WritesTheLimitsThatAreGivenIntoTheAccountAtEachStart) {
  const auto none = [](const std::string&) { return std::optional<std::string>(); };
  const auto limits_after = [&](const LimitSettings& given) {
    const auto seeded = seed(*store_, given, none, WallTime{});
    return store_->account(seeded.value().account_id).value().limits;
  };
  EXPECT_EQ(limits_after({.concurrent_calls = 7}), (account::Limits{.concurrent_calls = 7}));
  EXPECT_EQ(limits_after({.calls_per_second = 50}),
            (account::Limits{.concurrent_calls = 7, .calls_per_second = 50}));
  EXPECT_EQ(limits_after({}), (account::Limits{.concurrent_calls = 7, .calls_per_second = 50}));
}

TEST_F(SeedTest, TakesAnEmptyVariableForNone) {
  const auto seeded =
      seed_with({{"PORTICO_ACCOUNT_ID", ""}, {"PORTICO_CLIENT_ID", ""}, {"PORTICO_CLIENT_SECRET", ""}});
  ASSERT_TRUE(seeded);
  EXPECT_EQ(seeded->account_id.size(), 7U);
  const auto client = store_->client(seeded->client_id.value());
  ASSERT_TRUE(client);
  EXPECT_FALSE(account::secret_matches(*client, ""));
  EXPECT_TRUE(account::secret_matches(*client, seeded->client_secret.value()));
}

TEST_F(SeedTest, RefusesWhatNobodyCouldUse) {
  const std::vector<std::pair<std::string, std::string>> unfit{
      {"PORTICO_ACCOUNT_ID", "a/b"},
      {"PORTICO_ACCOUNT_ID", ".."},
      {"PORTICO_ACCOUNT_ID", "a b"},
      {"PORTICO_ACCOUNT_ID", std::string(65, '1')},
      {"PORTICO_CLIENT_ID", "a:b"},
      {"PORTICO_CLIENT_ID", "a\n"},
      {"PORTICO_CLIENT_ID", "a\x7F"},
      {"PORTICO_CLIENT_ID", std::string(65, 'a')},
      {"PORTICO_CLIENT_SECRET", "15 characters.."},
      {"PORTICO_CLIENT_SECRET", "sixteen letters\n"}};
  for (const auto& [name, value] : unfit) {
    const auto seeded = seed_with({{name, value}});
    ASSERT_FALSE(seeded) << name << "=" << value;
    EXPECT_EQ(seeded.error().code, Code::invalid);
    EXPECT_THAT(seeded.error().what, HasSubstr(name));
  }
  EXPECT_THAT(store_->accounts().value(), IsEmpty());
}

TEST_F(SeedTest, ShowsASecretOnlyOnce) {
  const auto first = seed_with({});
  ASSERT_TRUE(first);
  const auto second = seed_with({{"PORTICO_CLIENT_SECRET", "short"}});
  ASSERT_TRUE(second) << "read once, when the store is empty";
  EXPECT_EQ(second->account_id, first->account_id);
  EXPECT_FALSE(second->client_secret);
}

}  // namespace
}  // namespace portico::app
