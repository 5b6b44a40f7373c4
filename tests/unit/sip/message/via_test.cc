#include <gtest/gtest.h>

#include "sip/message/headers.h"

namespace portico::sip {
namespace {

TEST(Via, ReadsEveryPart) {
  const auto via =
      parse_via("SIP/2.0/TLS pc33.example.com:5066;branch=z9hG4bK776;rport=1037;received=192.0.2.1");
  ASSERT_TRUE(via);
  EXPECT_EQ(via->transport, ViaTransport::tls);
  EXPECT_EQ(via->host, "pc33.example.com");
  EXPECT_EQ(via->port, 5066);
  EXPECT_EQ(via->branch(), "z9hG4bK776");
  EXPECT_EQ(via->rport(), 1037);
  EXPECT_EQ(via->received(), "192.0.2.1");
  EXPECT_TRUE(via->has_magic_branch());
}

TEST(Via, ReadsBlanksWhereTheGrammarHasThem) {
  const auto via =
      parse_via("SIP  / 2.0  / TCP     spindle.example.com   :  5080 ;  branch  =   z9hG4bK9ikj8 ; rport");
  ASSERT_TRUE(via);
  EXPECT_EQ(via->transport, ViaTransport::tcp);
  EXPECT_EQ(via->host, "spindle.example.com");
  EXPECT_EQ(via->port, 5080);
  EXPECT_EQ(via->branch(), "z9hG4bK9ikj8");
  EXPECT_TRUE(via->wants_rport());
  EXPECT_EQ(via->rport(), 0);
}

TEST(Via, ReadsIpv6AndUnknownTransports) {
  EXPECT_EQ(parse_via("SIP/2.0/UDP [2001:db8::9:1];branch=z")->host, "[2001:db8::9:1]");
  EXPECT_EQ(parse_via("SIP/2.0/UNKNOWN h")->transport, ViaTransport::other);
  EXPECT_EQ(parse_via("SIP/2.0/UNKNOWN h")->transport_text, "UNKNOWN");
  EXPECT_EQ(parse_via("sip/2.0/wss h")->transport, ViaTransport::wss);
}

TEST(Via, TellsAnOldBranchFromANewOne) {
  EXPECT_FALSE(parse_via("SIP/2.0/UDP h")->has_magic_branch());
  EXPECT_FALSE(parse_via("SIP/2.0/UDP h;branch=390skdjuw")->has_magic_branch());
  EXPECT_FALSE(parse_via("SIP/2.0/UDP h;branch=z9hG4bK")->has_magic_branch());
  EXPECT_TRUE(parse_via("SIP/2.0/UDP h;branch=z9hg4bKx")->has_magic_branch());
}

TEST(Via, RefusesWhatBreaksTheGrammar) {
  for (const auto* text : {"", "SIP/2.0/UDP", "SIP/2.0/UDP ", "SIP/2.0 h", "SIP/7.0/UDP h", "HTTP/2.0/UDP h",
                           "SIP/2.0/UDP h:x", "SIP/2.0/UDP h;", "SIP/2.0/UDP h;;", "SIP/2.0/U/P h",
                           "SIP/2.0/UDP [::1", "SIP/2.0/UDP h;branch=\"x"}) {
    EXPECT_FALSE(parse_via(text)) << text;
  }
}

}  // namespace
}  // namespace portico::sip
