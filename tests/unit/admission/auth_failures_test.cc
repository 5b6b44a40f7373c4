#include "admission/auth_failures.h"

#include <gtest/gtest.h>

namespace portico::admission {
namespace {

const TimePoint kStart = TimePoint(1h);
const IpAddress kSource = IpAddress::v4(1);
const account::Uuid kApp{1, 2};

void fail_times(AuthFailures& failures, int times, TimePoint now) {
  for (int i = 0; i < times; ++i) failures.failed(kSource, kApp, now);
}

TEST(AuthFailures, TheFifthInAMinuteLocksOutForAMinute) {
  AuthFailures failures(5);
  fail_times(failures, 4, kStart);
  EXPECT_FALSE(failures.locked_out(kSource, kApp, kStart));
  fail_times(failures, 1, kStart + 59s);
  EXPECT_TRUE(failures.locked_out(kSource, kApp, kStart + 59s));
  EXPECT_TRUE(failures.locked_out(kSource, kApp, kStart + 118s));
  EXPECT_FALSE(failures.locked_out(kSource, kApp, kStart + 119s));
}

TEST(AuthFailures, OlderThanAMinuteDoNotCount) {
  AuthFailures failures(5);
  fail_times(failures, 4, kStart);
  fail_times(failures, 4, kStart + 61s);
  EXPECT_FALSE(failures.locked_out(kSource, kApp, kStart + 61s));
  fail_times(failures, 1, kStart + 62s);
  EXPECT_TRUE(failures.locked_out(kSource, kApp, kStart + 62s));
}

TEST(AuthFailures, AreCountedByAddressAndApplication) {
  AuthFailures failures(5);
  fail_times(failures, 5, kStart);
  EXPECT_FALSE(failures.locked_out(IpAddress::v4(2), kApp, kStart));
  EXPECT_FALSE(failures.locked_out(kSource, account::Uuid{1, 3}, kStart));
}

TEST(AuthFailures, StartAfreshAfterALockout) {
  AuthFailures failures(2);
  fail_times(failures, 2, kStart);
  fail_times(failures, 1, kStart + 61s);
  EXPECT_FALSE(failures.locked_out(kSource, kApp, kStart + 61s));
}

TEST(AuthFailures, ZeroNeverLocksOut) {
  AuthFailures failures(0);
  fail_times(failures, 100, kStart);
  EXPECT_FALSE(failures.locked_out(kSource, kApp, kStart));
  EXPECT_EQ(failures.size(), 0U);
}

TEST(AuthFailures, AreBounded) {
  AuthFailures failures(5, 10);
  for (std::uint32_t i = 0; i < 1000; ++i) failures.failed(IpAddress::v4(i), kApp, kStart);
  EXPECT_EQ(failures.size(), 10U);
}

}  // namespace
}  // namespace portico::admission
