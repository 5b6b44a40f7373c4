#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sip/message/parse.h"
#include "sip/message/samples.h"
#include "sip/message/write.h"

namespace portico::sip {
namespace {

using testing::HasSubstr;
using testing::Not;

Message request(std::string_view field) { return parse_datagram(test::invite_and(field)).message; }

TEST(Respond, CopiesWhatTheRfcSays) {
  const auto invite = request("Via: SIP/2.0/TCP b;branch=z9hG4bK2, SIP/2.0/TCP c\r\nTimestamp: 54");
  EXPECT_EQ(respond(invite, {.status = 404, .to_tag = "us"}).finish(),
            "SIP/2.0 404 Not Found\r\n"
            "Via: SIP/2.0/UDP 192.0.2.7:5062;rport;branch=z9hG4bK776asdhds\r\n"
            "Via: SIP/2.0/TCP b;branch=z9hG4bK2, SIP/2.0/TCP c\r\n"
            "From: \"Alice\" <sip:alice@pbx.example.net>;tag=1928301774\r\n"
            "To: <sip:7d9c1b52-3a57-4f0e-b0c6-5f4d9d3d8a11@sip.example.org>;tag=us\r\n"
            "Call-ID: a84b4c76e66710@pbx.example.net\r\n"
            "CSeq: 314159 INVITE\r\n"
            "Content-Length: 0\r\n\r\n");
}

TEST(Respond, TryingHasNoTagButTheTimestamp) {
  const auto text = respond(request("Timestamp: 54"), {.status = 100, .to_tag = "us"}).finish();
  EXPECT_THAT(text, Not(HasSubstr("tag=us")));
  EXPECT_THAT(text, HasSubstr("Timestamp: 54\r\n"));
}

TEST(Respond, KeepsATagThatIsThere) {
  const auto again =
      parse_datagram(test::invite_with("example.org>\r\n", "example.org>;tag=old\r\n")).message;
  const auto text = respond(again, {.status = 200, .to_tag = "us"}).finish();
  EXPECT_THAT(text, HasSubstr(";tag=old\r\n"));
  EXPECT_THAT(text, Not(HasSubstr("tag=us")));
}

TEST(Respond, CopiesRecordRouteForDialogsOnly) {
  const auto invite = request("Record-Route: <sip:p1;lr>, <sip:p2;lr>");
  EXPECT_THAT(respond(invite, {.status = 200, .record_route = true}).finish(),
              HasSubstr("Record-Route: <sip:p1;lr>, <sip:p2;lr>"));
  EXPECT_THAT(respond(invite, {.status = 200}).finish(), Not(HasSubstr("Record-Route")));
}

}  // namespace
}  // namespace portico::sip
