#include "admission/source_rate.h"

#include <gtest/gtest.h>

namespace portico::admission {
namespace {

const TimePoint kStart = TimePoint(1h);
const IpAddress kOne = IpAddress::v4(1);
const IpAddress kTwo = IpAddress::v4(2);

int taken(SourceRate& rate, IpAddress source, TimePoint now, int tries) {
  int count = 0;
  for (int i = 0; i < tries; ++i) count += rate.take(source, now) ? 1 : 0;
  return count;
}

TEST(SourceRate, TakesOneSecondsWorthAtOnce) {
  SourceRate rate(50);
  EXPECT_EQ(taken(rate, kOne, kStart, 60), 50);
  EXPECT_EQ(taken(rate, kTwo, kStart, 60), 50);
}

TEST(SourceRate, FillsUpWithTime) {
  SourceRate rate(50);
  taken(rate, kOne, kStart, 60);
  EXPECT_EQ(taken(rate, kOne, kStart + 100ms, 60), 5);
  EXPECT_EQ(taken(rate, kOne, kStart + 10s, 60), 50);
}

TEST(SourceRate, HoldsOverAMinuteOfFlood) {
  SourceRate rate(50);
  int count = 0;
  for (int ms = 0; ms < 60'000; ++ms) count += rate.take(kOne, kStart + Millis(ms)) ? 1 : 0;
  EXPECT_NEAR(count, 60 * 50 + 50, 2);
}

TEST(SourceRate, ZeroIsNoLimitAndRemembersNothing) {
  SourceRate rate(0);
  EXPECT_EQ(taken(rate, kOne, kStart, 1000), 1000);
  EXPECT_EQ(rate.size(), 0U);
}

TEST(SourceRate, ForgetsTheQuietestAddressWhenFull) {
  SourceRate rate(1, 2);
  EXPECT_TRUE(rate.take(kOne, kStart));
  EXPECT_TRUE(rate.take(kTwo, kStart));
  EXPECT_FALSE(rate.take(kOne, kStart));
  EXPECT_TRUE(rate.take(IpAddress::v4(3), kStart));  // in the place of kTwo
  EXPECT_EQ(rate.size(), 2U);
  EXPECT_FALSE(rate.take(kOne, kStart));
  EXPECT_TRUE(rate.take(kTwo, kStart));
}

}  // namespace
}  // namespace portico::admission
