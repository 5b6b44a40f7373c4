#include "admission/auth_failures.h"

#include <gtest/gtest.h>

namespace portico::admission {
namespace {

const TimePoint kStart = TimePoint(1h);
const IpAddress kSource = IpAddress::v4(1);
const account::Uuid kApp{1, 2};

// Each with another password.
void fail_times(AuthFailures& failures, int times, TimePoint now) {
  static std::uint64_t guess = 0;
  for (int i = 0; i < times; ++i) failures.failed(kSource, kApp, ++guess, now);
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

// What a lossy line makes of one INVITE: its copies of 64*T1, at growing distances.
TEST(AuthFailures, CopiesOfOneGuessCountOnce) {
  AuthFailures failures(2);
  for (const Duration after : {0ms, 500ms, 1'500ms, 3'500ms, 7'500ms, 15'500ms, 31'500ms}) {
    failures.failed(kSource, kApp, 7, kStart + after);
  }
  EXPECT_FALSE(failures.locked_out(kSource, kApp, kStart + 31'500ms));
  failures.failed(kSource, kApp, 8, kStart + 31'600ms);
  EXPECT_TRUE(failures.locked_out(kSource, kApp, kStart + 31'600ms));
}

TEST(AuthFailures, TheSameGuessLaterIsAnother) {
  AuthFailures failures(2);
  failures.failed(kSource, kApp, 7, kStart);
  failures.failed(kSource, kApp, 7, kStart + AuthFailures::kRepetition);
  EXPECT_TRUE(failures.locked_out(kSource, kApp, kStart + AuthFailures::kRepetition));
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
  for (std::uint32_t i = 0; i < 1000; ++i) failures.failed(IpAddress::v4(i), kApp, i, kStart);
  EXPECT_EQ(failures.size(), 10U);
}

}  // namespace
}  // namespace portico::admission
