#include "account/account.h"

#include <gtest/gtest.h>

namespace portico::account {
namespace {

TEST(Client, KeepsOnlyTheHashOfItsSecret) {
  const NewClient made = make_client("9900000", "ci", {Role::voice_applications}, WallTime{});
  EXPECT_EQ(made.client.id.substr(0, 4), "CLI-");
  EXPECT_EQ(made.secret.size(), 43U);
  EXPECT_EQ(made.client.secret_sha256, hash_secret(made.secret));
  EXPECT_TRUE(secret_matches(made.client, made.secret));
  EXPECT_FALSE(secret_matches(made.client, made.secret + "x"));
  EXPECT_FALSE(secret_matches(made.client, ""));
}

TEST(Client, HasOnlyTheRolesItWasGiven) {
  const NewClient made = make_client("1", "ci", {Role::voice}, WallTime{});
  EXPECT_TRUE(made.client.has_role(Role::voice));
  EXPECT_FALSE(made.client.has_role(Role::voice_applications));
}

TEST(Role, NamesAreReadBack) {
  for (Role role : {Role::voice_applications, Role::voice, Role::operations}) {
    EXPECT_EQ(parse_role(role_name(role)), role);
  }
  EXPECT_FALSE(parse_role("root"));
}

TEST(AccountId, HasSevenDigits) {
  const std::string id = make_account_id();
  EXPECT_EQ(id.size(), 7U);
  EXPECT_NE(id[0], '0');
  EXPECT_EQ(id.find_first_not_of("0123456789"), std::string::npos);
}

}  // namespace
}  // namespace portico::account
