#include "sip/message/uri.h"

#include <gtest/gtest.h>

#include "base/limits.h"

namespace portico::sip {
namespace {

Uri sound(std::string_view text) {
  const auto uri = parse_uri(text);
  EXPECT_TRUE(uri) << text;
  return uri.value_or(Uri{});
}

TEST(Uri, ReadsEveryPart) {
  const auto uri = sound(
      "sips:alice;day=tuesday:pa$s@atlanta.example.com:5071;transport=tcp;lr?subject=x&priority=urgent");
  EXPECT_EQ(uri.scheme, Scheme::sips);
  EXPECT_EQ(uri.user, "alice;day=tuesday");
  EXPECT_EQ(uri.password, "pa$s");
  EXPECT_EQ(uri.host, "atlanta.example.com");
  EXPECT_EQ(uri.port, 5071);
  EXPECT_EQ(uri.param("Transport"), "tcp");
  EXPECT_EQ(uri.param("lr"), "");
  EXPECT_EQ(uri.headers, "subject=x&priority=urgent");
}

TEST(Uri, TellsDefaultsFromWhatWasSaid) {
  EXPECT_EQ(sound("sip:h").port, 0);
  EXPECT_EQ(sound("sip:h").port_or_default(), 5060);
  EXPECT_EQ(sound("sips:h").port_or_default(), 5061);
  EXPECT_EQ(sound("SIP:h:5070").port_or_default(), 5070);
  EXPECT_EQ(sound("sip:h").password, std::nullopt);
  EXPECT_EQ(sound("sip:u:@h").password, "");
}

TEST(Uri, ReadsIpv6References) {
  const auto uri = sound("sip:u@[2001:db8::10]:5070;x");
  EXPECT_EQ(uri.host, "[2001:db8::10]");
  EXPECT_EQ(uri.port, 5070);
  EXPECT_EQ(sound("sip:[2001:db8::10:5070]").port, 0);
  EXPECT_EQ(sound("sip:[::ffff:192.0.2.2]").host, "[::ffff:192.0.2.2]");
  EXPECT_TRUE(sound("sip:[2001:db8:::192.0.2.1]").is_sip());
}

TEST(Uri, ReadsTelephoneNumbers) {
  const auto uri = sound("tel:+1-919-555-0100;ext=7;phone-context=example.com");
  EXPECT_EQ(uri.scheme, Scheme::tel);
  EXPECT_EQ(uri.user, "+1-919-555-0100");
  EXPECT_EQ(uri.param("ext"), "7");
  EXPECT_EQ(sound("tel:*21#;phone-context=+1").user, "*21#");
}

TEST(Uri, KeepsOtherSchemesWhole) {
  const auto uri = sound("soap.beep://192.0.2.103:3002");
  EXPECT_EQ(uri.scheme, Scheme::other);
  EXPECT_EQ(uri.scheme_text, "soap.beep");
  EXPECT_EQ(uri.user, "//192.0.2.103:3002");
}

TEST(Uri, RefusesWhatBreaksTheGrammar) {
  for (const auto* text : {"",
                           ":",
                           "sip",
                           "sip:",
                           "sip:@h",
                           "sip:u@",
                           "sip:u@h:",
                           "sip:u@h:0",
                           "sip:u@h:65536",
                           "sip:u@h:5x",
                           "sip:u@h;",
                           "sip:u@h;;lr",
                           "sip:u@h;a b",
                           "sip:u@h?",
                           "sip:u u@h",
                           "sip:u@h ;lr",
                           "sip:u@h :5060",
                           "<sip:u@h>",
                           "sip:2001:db8::10",
                           "sip:[2001:db8::10",
                           "sip:[192.0.2.1]",
                           "sip:[zz]",
                           "sip:u%4@h",
                           "sip:u@h;a=%zz",
                           "sip:u\"@h",
                           "sip:u@h/x",
                           "1sip:u@h",
                           "tel:",
                           "tel:+",
                           "tel:12x",
                           "tel:1+2",
                           "http:a b",
                           "other:"}) {
    EXPECT_FALSE(parse_uri(text)) << text;
  }
}

TEST(Uri, RefusesMoreParametersThanTheLimit) {
  std::string text = "sip:h";
  for (std::size_t i = 0; i < limits::kSipUriParamsMax; ++i) text += ";a";
  EXPECT_TRUE(parse_uri(text));
  EXPECT_FALSE(parse_uri(text + ";a"));
}

TEST(Uri, WritesWhatItRead) {
  for (const auto* text : {"sip:a:b@h:5060;x=y;lr?s=t", "sips:h", "sip:[::1]:5061", "tel:+1;ext=2",
                           "name:John_Smith", "sip:u:@h"}) {
    EXPECT_EQ(to_string(sound(text)), text);
  }
}

TEST(Host, IsComparedByWhatItNames) {
  EXPECT_TRUE(same_host("Example.COM", "example.com"));
  EXPECT_TRUE(same_host("[::1]", "[0:0:0:0:0:0:0:1]"));
  EXPECT_TRUE(same_host("2001:db8::1", "[2001:DB8::1]"));
  EXPECT_FALSE(same_host("example.com", "example.org"));
  EXPECT_FALSE(same_host("192.0.2.1", "192.0.2.10"));
  EXPECT_EQ(host_address("192.0.2.1"), IpAddress::v4(0xC0000201));
  EXPECT_EQ(host_address("host1.example.com"), std::nullopt);
  EXPECT_EQ(host_address("deadbeef"), std::nullopt);
}

}  // namespace
}  // namespace portico::sip
