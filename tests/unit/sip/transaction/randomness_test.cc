#include "sip/transaction/randomness.h"

#include <gtest/gtest.h>

#include <set>

namespace portico::sip {
namespace {

TEST(Randomness, RepeatsItselfByItsSeed) {
  SeededRandomness a(9);
  SeededRandomness b(9);
  EXPECT_EQ(random_token(a, 30), random_token(b, 30));
  EXPECT_NE(random_token(a, 30), random_token(a, 30));
}

TEST(Randomness, StaysBelowItsBound) {
  SeededRandomness random(1);
  bool seen[3] = {};
  for (int i = 0; i < 200; ++i) seen[random_below(random, 3)] = true;
  EXPECT_TRUE(seen[0] && seen[1] && seen[2]);
  EXPECT_EQ(random_below(random, 0), 0U);
}

TEST(Randomness, OfTheSystemDiffersEachTime) {
  SystemRandomness random;
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(random.next());
  EXPECT_EQ(seen.size(), 1000U);
}

}  // namespace
}  // namespace portico::sip
