#include "base/shares.h"

#include <gtest/gtest.h>

namespace portico {
namespace {

std::size_t take_all(Shares& shares, const std::string& account) {
  std::size_t n = 0;
  while (shares.take(account)) ++n;
  return n;
}

TEST(Shares, LeaveAsMuchToTheOthersAsOneHas) {
  Shares shares(1'000);
  EXPECT_EQ(take_all(shares, "a"), 500U);
  EXPECT_EQ(take_all(shares, "b"), 250U);
  EXPECT_EQ(take_all(shares, "a"), 0U);
  EXPECT_EQ(take_all(shares, "c"), 125U);
  EXPECT_TRUE(shares.take("d"));
  EXPECT_EQ(shares.total(), 876U);
}

TEST(Shares, ComeBack) {
  Shares shares(10);
  EXPECT_TRUE(shares.take("a", 5));
  EXPECT_FALSE(shares.take("a"));
  EXPECT_FALSE(shares.take("b", 3));
  shares.give_back("a", 5);
  EXPECT_EQ(shares.total(), 0U);
  EXPECT_TRUE(shares.take("b", 3));
}

}  // namespace
}  // namespace portico
