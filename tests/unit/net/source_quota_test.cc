#include "net/source_quota.h"

#include <gtest/gtest.h>

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

TEST(SourceQuota, IgnoresWhatWasNeverTaken) {
  SourceQuota quota(1, 1);
  quota.give_back(*parse_ip("192.0.2.1"));
  EXPECT_EQ(quota.total(), 0U);
}

}  // namespace
}  // namespace portico::net
