#include "admission/account_limits.h"

#include <gtest/gtest.h>

namespace portico::admission {
namespace {

const TimePoint kStart = TimePoint(1h);

TEST(AccountLimits, CountConcurrentCalls) {
  AccountLimits limits;
  const account::Limits two{.concurrent_calls = 2, .calls_per_second = 0};
  EXPECT_EQ(limits.start("a", two, kStart), AccountUse::below_limits);
  EXPECT_EQ(limits.start("a", two, kStart), AccountUse::below_limits);
  EXPECT_EQ(limits.start("a", two, kStart), AccountUse::too_many_calls);
  EXPECT_EQ(limits.start("b", two, kStart), AccountUse::below_limits);
  EXPECT_EQ(limits.concurrent("a"), 2U);
  limits.ended("a");
  EXPECT_EQ(limits.start("a", two, kStart), AccountUse::below_limits);
}

TEST(AccountLimits, CountStartsASecond) {
  AccountLimits limits;
  const account::Limits five{.concurrent_calls = 0, .calls_per_second = 5};
  for (int i = 0; i < 5; ++i) EXPECT_EQ(limits.start("a", five, kStart), AccountUse::below_limits);
  EXPECT_EQ(limits.start("a", five, kStart), AccountUse::too_fast);
  EXPECT_EQ(limits.concurrent("a"), 5U);  // the refused one was not counted
  EXPECT_EQ(limits.start("a", five, kStart + 200ms), AccountUse::below_limits);
}

TEST(AccountLimits, ACallLetInAnywayIsCounted) {
  AccountLimits limits;
  const account::Limits one{.concurrent_calls = 1, .calls_per_second = 1};
  EXPECT_EQ(limits.start("a", one, kStart), AccountUse::below_limits);
  limits.start_anyway("a", one, kStart);
  EXPECT_EQ(limits.concurrent("a"), 2U);
  limits.ended("a");
  limits.ended("a");
  EXPECT_EQ(limits.start("a", one, kStart + 1s), AccountUse::too_fast);
  EXPECT_EQ(limits.start("a", one, kStart + 2s), AccountUse::below_limits);
}

TEST(AccountLimits, AnEndTooManyIsHarmless) {
  AccountLimits limits;
  limits.ended("a");
  EXPECT_EQ(limits.concurrent("a"), 0U);
}

}  // namespace
}  // namespace portico::admission
