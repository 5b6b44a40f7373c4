#include <gtest/gtest.h>

#include "sip/message/headers.h"
#include "sip/message/parse.h"
#include "sip/message/samples.h"
#include "sip/message/write.h"

namespace portico::sip {
namespace {

constexpr std::string_view kTop = "SIP/2.0/UDP 192.0.2.7:5062;rport;branch=z9hG4bK776asdhds";

struct Row {
  const char* via;
  const char* source;
  const char* stamped;
};

TEST(StampVia, NotesWhereARequestReallyCameFrom) {
  for (const auto& row : {
           Row{"SIP/2.0/UDP 192.0.2.7;branch=b", "192.0.2.7:5060", "SIP/2.0/UDP 192.0.2.7;branch=b"},
           Row{"SIP/2.0/UDP 10.1.1.1;branch=b", "192.0.2.7:4540",
               "SIP/2.0/UDP 10.1.1.1;branch=b;received=192.0.2.7"},
           Row{"SIP/2.0/UDP 10.1.1.1:4540;rport;branch=b", "192.0.2.1:9988",
               "SIP/2.0/UDP 10.1.1.1:4540;branch=b;rport=9988;received=192.0.2.1"},
           Row{"SIP/2.0/UDP 192.0.2.7;rport;branch=b", "192.0.2.7:5060",
               "SIP/2.0/UDP 192.0.2.7;branch=b;rport=5060;received=192.0.2.7"},
           Row{"SIP/2.0/UDP pc.example.com", "192.0.2.7:5060",
               "SIP/2.0/UDP pc.example.com;received=192.0.2.7"},
           Row{"SIP/2.0/UDP 192.0.2.7;received=203.0.113.9;branch=b", "192.0.2.7:5060",
               "SIP/2.0/UDP 192.0.2.7;branch=b"},
           Row{"SIP/2.0/UDP 10.1.1.1;rport=1;branch=b;received=1.1.1.1", "192.0.2.7:7",
               "SIP/2.0/UDP 10.1.1.1;branch=b;rport=7;received=192.0.2.7"},
           Row{"SIP/2.0/TCP [2001:db8::1]:5060;branch=b", "[2001:db8:0::1]:33000",
               "SIP/2.0/TCP [2001:db8::1]:5060;branch=b"},
           Row{"SIP/2.0/TCP [2001:db8::1];rport;branch=b", "[2001:db8::2]:33000",
               "SIP/2.0/TCP [2001:db8::1];branch=b;rport=33000;received=2001:db8::2"},
           Row{"SIP / 2.0 / UDP h ; a ; branch = b , SIP/2.0/UDP second", "192.0.2.7:5060",
               "SIP / 2.0 / UDP h;a;branch=b;received=192.0.2.7 , SIP/2.0/UDP second"},
       }) {
    auto message = parse_datagram(test::invite_with(kTop, row.via)).message;
    ASSERT_TRUE(stamp_via(message, *parse_endpoint(row.source))) << row.via;
    EXPECT_EQ(message.value(Header::via), row.stamped);
    EXPECT_EQ(message.request_uri(), "sip:7d9c1b52-3a57-4f0e-b0c6-5f4d9d3d8a11@sip.example.org");
    EXPECT_EQ(message.value(Header::max_forwards), "70");
    EXPECT_EQ(message.value(Header::content_type), "application/sdp");
    EXPECT_EQ(message.body(), "v=0\n");
    EXPECT_FALSE(validate_request(message));
  }
}

TEST(StampVia, LeavesAStampOfTheSameSourceAndMendsAnyOther) {
  const auto source = *parse_endpoint("192.0.2.1:9988");
  for (const auto& [via, stamped] : {
           std::pair{"SIP/2.0/UDP h;rport=9988;received=192.0.2.1;branch=b",
                     "SIP/2.0/UDP h;rport=9988;received=192.0.2.1;branch=b"},
           std::pair{"SIP/2.0/UDP h;rport=9989;received=192.0.2.1;branch=b",
                     "SIP/2.0/UDP h;branch=b;rport=9988;received=192.0.2.1"},
           std::pair{"SIP/2.0/UDP h;rport=9988;received=192.0.2.1;branch=b;received=203.0.113.9",
                     "SIP/2.0/UDP h;branch=b;rport=9988;received=192.0.2.1"},
           std::pair{"SIP/2.0/UDP h;rport;received=192.0.2.1;branch=b",
                     "SIP/2.0/UDP h;branch=b;rport=9988;received=192.0.2.1"},
       }) {
    auto message = parse_datagram(test::invite_with(kTop, via)).message;
    ASSERT_TRUE(stamp_via(message, source)) << via;
    EXPECT_EQ(message.value(Header::via), stamped);
  }
}

TEST(StampVia, TouchesOnlyTheTopmost) {
  auto message = parse_datagram(test::invite_and("Via: SIP/2.0/UDP below;rport")).message;
  ASSERT_TRUE(stamp_via(message, *parse_endpoint("203.0.113.4:1234")));
  EXPECT_EQ(read_top_via(message)->received(), "203.0.113.4");
  EXPECT_EQ(read_top_via(message)->rport(), 1234);
  EXPECT_EQ(message.field(2).value, "SIP/2.0/UDP below;rport");
}

// A datagram that was cut short: refused, and its answer goes by the stamp.
TEST(StampVia, LeavesNoBodyWhereItIsWhenTheMessageHasNone) {
  auto text = test::invite_with(kTop, "SIP/2.0/UDP h;branch=b;received=2001:db8:1:2:3:4:5:6");
  text.pop_back();
  auto parsed = parse_datagram(text);
  ASSERT_EQ(parsed.fault->what, "Content-Length and body differ");
  ASSERT_TRUE(parsed.answerable() && stamp_via(parsed.message, *parse_endpoint("192.0.2.1:1")));
  EXPECT_EQ(parsed.message.value(Header::via), "SIP/2.0/UDP h;branch=b;received=192.0.2.1");
  EXPECT_EQ(parsed.message.body(), "");
}

TEST(StampVia, SaysWhenThereIsNothingToStamp) {
  auto without = parse_datagram(test::invite_with("Via:", "Wia:")).message;
  EXPECT_FALSE(stamp_via(without, *parse_endpoint("192.0.2.1:1")));
  auto broken = parse_datagram(test::invite_with("SIP/2.0/UDP 192", "SIP/9.0/UDP 192")).message;
  EXPECT_FALSE(stamp_via(broken, *parse_endpoint("192.0.2.1:1")));
}

}  // namespace
}  // namespace portico::sip
