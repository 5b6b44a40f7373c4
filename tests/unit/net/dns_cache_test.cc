#include "net/dns_cache.h"

#include <gtest/gtest.h>

#include "base/limits.h"

namespace portico::net {
namespace {

const TimePoint kStart(1h);

DnsQuestion question(const std::string& name) { return {.type = DnsType::a, .name = name}; }

Result<DnsAnswer> addresses(const char* ip, Duration ttl) {
  return DnsAnswer{.records = std::vector<IpAddress>{*parse_ip(ip)}, .ttl = ttl};
}

TEST(DnsCache, RemembersForTheTtlAndNotLonger) {
  DnsCache cache(10);
  cache.put(kStart, question("a"), addresses("192.0.2.1", 60s));
  const auto* found = cache.find(kStart + 59s, question("a"));
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(std::get<std::vector<IpAddress>>(**found)[0].to_string(), "192.0.2.1");
  EXPECT_EQ(cache.find(kStart + 59s, {.type = DnsType::srv, .name = "a"}), nullptr);
  EXPECT_EQ(cache.find(kStart + 60s, question("a")), nullptr);
  EXPECT_EQ(cache.size(), 0U);
}

TEST(DnsCache, RemembersThatANameDoesNotExistButNoOtherFailure) {
  DnsCache cache(10);
  cache.put(kStart, question("none"), fail(Code::not_found, "no such name"));
  cache.put(kStart, question("broken"), fail(Code::timeout, "no answer"));
  const auto* found = cache.find(kStart + 1s, question("none"));
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->error().code, Code::not_found);
  EXPECT_EQ(cache.find(kStart + limits::kDnsNegativeTtl, question("none")), nullptr);
  EXPECT_EQ(cache.find(kStart, question("broken")), nullptr);
}

TEST(DnsCache, ThrowsOutTheLeastRecentlyUsed) {
  DnsCache cache(2);
  cache.put(kStart, question("a"), addresses("192.0.2.1", 60s));
  cache.put(kStart, question("b"), addresses("192.0.2.2", 60s));
  EXPECT_NE(cache.find(kStart, question("a")), nullptr);
  cache.put(kStart, question("c"), addresses("192.0.2.3", 60s));
  EXPECT_EQ(cache.size(), 2U);
  EXPECT_NE(cache.find(kStart, question("a")), nullptr);
  EXPECT_EQ(cache.find(kStart, question("b")), nullptr);
}

TEST(DnsCache, IsBoundedInBytesToo) {
  const auto services = [](std::size_t target_bytes) {
    return DnsAnswer{.records = std::vector<SrvRecord>(10, {.target = std::string(target_bytes, 'x')}),
                     .ttl = 60s};
  };
  DnsCache cache(10'000);
  cache.put(kStart, question("large"), services(limits::kDnsAnswerBytesMax / 10));
  EXPECT_EQ(cache.size(), 0U);
  for (int i = 0; i < 2'000; ++i) cache.put(kStart, question(std::to_string(i)), services(1'500));
  EXPECT_LE(cache.bytes(), limits::kDnsCacheBytesMax);
  EXPECT_GT(cache.bytes(), limits::kDnsCacheBytesMax / 2);
  EXPECT_EQ(cache.find(kStart, question("0")), nullptr);
  EXPECT_NE(cache.find(kStart, question("1999")), nullptr);
  for (int i = 0; i < 2'000; ++i) cache.find(kStart + 61s, question(std::to_string(i)));
  EXPECT_EQ(cache.bytes(), 0U);
}

TEST(DnsCache, DoesNotKeepAnswersWithoutALife) {
  DnsCache cache(2);
  cache.put(kStart, question("a"), addresses("192.0.2.1", 0s));
  EXPECT_EQ(cache.size(), 0U);
}

}  // namespace
}  // namespace portico::net
