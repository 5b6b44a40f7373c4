#include "http/target.h"

#include <gtest/gtest.h>

namespace portico::http {
namespace {

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
