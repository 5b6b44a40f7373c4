#include "http/target.h"

#include <gtest/gtest.h>

namespace portico::http {
namespace {

TEST(Target, KnowsLinkLocalAddressesAndMetadataServices) {
  for (const auto* text : {"169.254.169.254", "169.254.0.1", "100.100.100.200", "168.63.129.16", "fe80::1",
                           "febf::1", "fd00:ec2::254", "fd00:c1::a9fe:a9fe", "fd20:ce::254",
                           "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1"}) {
    EXPECT_TRUE(is_link_local_target(*parse_ip(text))) << text;
  }
  for (const auto* text : {"127.0.0.1", "10.0.0.1", "169.253.1.1", "100.100.100.201", "8.8.8.8", "::1",
                           "fec0::1", "fd00:ec2::255", "2606:4700::1111", "::ffff:10.0.0.1"}) {
    EXPECT_FALSE(is_link_local_target(*parse_ip(text))) << text;
  }
}

TEST(Target, KnowsWhatItsOwnProcessListensOn) {
  const std::vector<Endpoint> all{*parse_endpoint("0.0.0.0:8080"), *parse_endpoint("127.0.0.5:5060")};
  for (const auto* text : {"127.0.0.1:8080", "127.9.9.9:8080", "0.0.0.0:8080", "[::ffff:127.0.0.1]:8080",
                           "[::1]:8080", "127.0.0.5:5060", "[::ffff:127.0.0.5]:5060"}) {
    EXPECT_TRUE(is_own_target(*parse_endpoint(text), all)) << text;
  }
  for (const auto* text : {"127.0.0.1:8081", "203.0.113.9:8080", "127.0.0.6:5060", "8.8.8.8:8080"}) {
    EXPECT_FALSE(is_own_target(*parse_endpoint(text), all)) << text;
  }
}

TEST(Target, TellsPublicAddressesFromOthers) {
  for (const auto* text : {"8.8.8.8", "203.0.112.1", "2606:4700::1111", "2a00:1450::1", "64:ff9b::808:808",
                           "::ffff:8.8.8.8", "2002:808:808::1"}) {
    EXPECT_TRUE(is_public_target(*parse_ip(text))) << text;
  }
  for (const auto* text : {"127.0.0.1",
                           "10.0.0.1",
                           "172.31.255.255",
                           "192.168.0.1",
                           "169.254.169.254",
                           "100.64.0.1",
                           "0.0.0.0",
                           "224.0.0.1",
                           "255.255.255.255",
                           "192.0.2.1",
                           "198.18.0.1",
                           "203.0.113.9",
                           "::",
                           "::1",
                           "fe80::1",
                           "fc00::1",
                           "fd12::1",
                           "ff02::1",
                           "::ffff:10.0.0.1",
                           "::ffff:127.0.0.1",
                           "::127.0.0.1",
                           "64:ff9b::7f00:1",
                           "2002:7f00:1::1",
                           "2001:db8::1",
                           "2001::1",
                           "fec0::1",
                           "64:ff9b:1::a00:1"}) {
    EXPECT_FALSE(is_public_target(*parse_ip(text))) << text;
  }
}

}  // namespace
}  // namespace portico::http
