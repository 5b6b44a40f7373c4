#include "net/source_quota.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace portico::net {
namespace {

using Verdict = SourceQuota::Verdict;

TEST(SourceQuota, BoundsTheTotalAndEachSource) {
  SourceQuota quota(3, 2);
  const auto a = *parse_ip("192.0.2.1");
  const auto b = *parse_ip("192.0.2.2");
  EXPECT_EQ(quota.take(a), Verdict::taken);
  EXPECT_EQ(quota.take(a), Verdict::taken);
  EXPECT_EQ(quota.take(a), Verdict::source_full);
  EXPECT_EQ(quota.take(b), Verdict::taken);
  EXPECT_EQ(quota.take(b), Verdict::total_full);
  quota.give_back(a);
  EXPECT_EQ(quota.take(a), Verdict::taken);
  EXPECT_EQ(quota.total(), 3U);
}

TEST(SourceQuota, TakesABlockOfIpv6ForOneSource) {
  SourceQuota quota(10, 2);
  EXPECT_EQ(quota.take(*parse_ip("2001:db8:1:2::1")), Verdict::taken);
  EXPECT_EQ(quota.take(*parse_ip("2001:db8:1:2:3:4:5:6")), Verdict::taken);
  EXPECT_EQ(quota.take(*parse_ip("2001:db8:1:2:ffff::9")), Verdict::source_full);
  EXPECT_TRUE(quota.is_full(*parse_ip("2001:db8:1:2::7")));
  EXPECT_EQ(quota.take(*parse_ip("2001:db8:1:3::1")), Verdict::taken);
  quota.give_back(*parse_ip("2001:db8:1:2::1"));
  EXPECT_EQ(quota.take(*parse_ip("2001:db8:1:2:ffff::9")), Verdict::taken);
  for (const auto* mapped : {"::ffff:192.0.2.1", "::ffff:192.0.2.2", "::ffff:192.0.2.3"})
    EXPECT_EQ(quota.take(*parse_ip(mapped)), Verdict::taken) << mapped;
}

TEST(SourceQuota, IgnoresWhatWasNeverTaken) {
  SourceQuota quota(1, 1);
  quota.give_back(*parse_ip("192.0.2.1"));
  EXPECT_EQ(quota.total(), 0U);
}

TEST(SourceQuota, CountsForSeveralThreadsAtOnce) {
  SourceQuota quota(1'000, 250);
  const auto a = *parse_ip("192.0.2.1");
  std::atomic<int> taken = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 100; ++n) taken += quota.take(a) == Verdict::taken ? 1 : 0;
    });
  }
  for (auto& one : threads) one.join();
  EXPECT_EQ(taken, 250);
  EXPECT_EQ(quota.total(), 250U);
}

}  // namespace
}  // namespace portico::net
