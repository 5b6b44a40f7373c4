#include "base/address.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <unordered_set>

namespace portico {
namespace {

TEST(Cidr, TakesCanonicalBlocksOnly) {
  EXPECT_EQ(parse_cidr("203.0.113.0/24")->to_string(), "203.0.113.0/24");
  EXPECT_EQ(parse_cidr("0.0.0.0/0")->to_string(), "0.0.0.0/0");
  for (const auto* bad : {"203.0.113.5/24", "203.0.113.5", "203.0.113.0/33", "203.0.113.0/024",
                          "203.0.113.0/", "203.00.113.0/24", "2001:db8::/32", "", "/", "203.0.113.0/24 "}) {
    EXPECT_FALSE(parse_cidr(bad)) << bad;
  }
  EXPECT_EQ(parse_cidr("203.0.113.5/24").error().what,
            "host bits are set; the canonical block is 203.0.113.0/24");
}

TEST(Cidr, ContainsItsFirstAndLastAddressOnly) {
  const auto block = *parse_cidr("203.0.113.0/24");
  EXPECT_TRUE(block.contains(*parse_ip("203.0.113.0")));
  EXPECT_TRUE(block.contains(*parse_ip("203.0.113.255")));
  EXPECT_FALSE(block.contains(*parse_ip("203.0.114.0")));
  EXPECT_FALSE(block.contains(*parse_ip("203.0.112.255")));
  EXPECT_FALSE(block.contains(*parse_ip("::1")));
  EXPECT_TRUE(parse_cidr("0.0.0.0/0")->contains(*parse_ip("8.8.8.8")));
}

TEST(Cidr, KnowsNonPublicSpaceButNotTheDocumentationBlocks) {
  for (const auto* block : {"10.0.0.0/8", "8.0.0.0/5", "192.168.4.0/24", "127.0.0.1/32", "100.64.0.0/16"}) {
    EXPECT_TRUE(overlaps_non_public(*parse_cidr(block))) << block;
  }
  for (const auto* block : {"192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "0.0.0.0/0", "9.0.0.0/8"}) {
    EXPECT_FALSE(overlaps_non_public(*parse_cidr(block))) << block;
  }
}

TEST(IpAddress, IsTheWholeTextOrNone) {
  using namespace std::string_view_literals;
  for (const auto bad : {"192.0.2.1\0"sv, "192.0.2.1\0x"sv, "2001:db8::1\0\0("sv, "\0"sv, ""sv,
                         "192.0.2.1 "sv, "0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0"sv}) {
    EXPECT_FALSE(parse_ip(bad)) << bad;
  }
}

TEST(IpAddress, JudgesAMappedAddressAsTheOneItLeadsTo) {
  for (const auto* inside :
       {"::1", "::", "fe80::1", "fd00::1", "127.8.9.1", "10.0.0.5", "::ffff:127.8.9.1", "::ffff:10.0.0.5",
        "::ffff:0.0.0.0", "192.0.0.2", "198.18.0.1", "198.19.255.255"}) {
    EXPECT_TRUE(parse_ip(inside)->is_private()) << inside;
  }
  for (const auto* outside :
       {"192.0.2.1", "192.0.1.1", "198.20.0.1", "2001:db8::1", "::ffff:192.0.2.1", "::fffe:10.0.0.5"}) {
    EXPECT_FALSE(parse_ip(outside)->is_private()) << outside;
  }
  EXPECT_TRUE(parse_ip("::ffff:127.0.0.1")->is_loopback());
  EXPECT_FALSE(parse_ip("::ffff:192.0.2.1")->is_loopback());
  EXPECT_TRUE(parse_ip("::ffff:0.0.0.0")->is_unspecified());
  EXPECT_NE(*parse_ip("::ffff:192.0.2.1"), *parse_ip("192.0.2.1")) << "they are written differently";
}

TEST(IpAddress, ThoseThatAnUnkeyedHashPutsTogetherAreSpread) {
  std::unordered_set<IpAddress> table;
  table.reserve(2'000);
  for (std::uint32_t value = 1; table.size() < 2'000; ++value) {
    const auto product = std::uint64_t{value} * 0xBF58'476D'1CE4'E5B9ULL;
    if ((product ^ product >> 29) % table.bucket_count() == 0)
      table.insert(IpAddress::v4(__builtin_bswap32(value)));
  }
  std::size_t largest = 0;
  for (std::size_t i = 0; i < table.bucket_count(); ++i) largest = std::max(largest, table.bucket_size(i));
  EXPECT_LT(largest, 20U);
}

TEST(Endpoint, ReadsAndWritesBothFamilies) {
  EXPECT_EQ(parse_endpoint("127.0.0.1:5060")->to_string(), "127.0.0.1:5060");
  EXPECT_EQ(parse_endpoint("255.0.10.199:1")->to_string(), "255.0.10.199:1");
  EXPECT_EQ(IpAddress::v4(0).to_string(), "0.0.0.0");
  EXPECT_EQ(parse_endpoint("[::1]:5060")->to_string(), "[::1]:5060");
  EXPECT_FALSE(parse_endpoint("127.0.0.1:65536"));
  EXPECT_FALSE(parse_endpoint("host:1"));
}

}  // namespace
}  // namespace portico
