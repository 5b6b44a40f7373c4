#include <gtest/gtest.h>

#include "sdp/samples.h"
#include "sdp/session_description.h"

namespace portico::sdp {
namespace {

TEST(Write, GivesBackWhatWasParsed) {
  const auto text = lines({"v=0", "o=alice 1 2 IN IP4 192.0.2.20", "s=a call", "c=IN IP6 2001:db8::1",
                           "t=0 0", "a=sendonly", "m=audio 49170 RTP/AVP 0 101", "c=IN IP4 192.0.2.20",
                           "a=rtpmap:101 telephone-event/8000", "a=rtcp-mux", "m=video 0 RTP/AVP 31"});
  EXPECT_EQ(write(*parse(text)), text);
}

TEST(Write, MakesHostsOfAddresses) {
  SessionDescription description;
  description.origin.address.ip = *parse_ip("::1");
  description.connection = Connection{.ip = *parse_ip("192.0.2.1")};
  EXPECT_EQ(write(description), lines({"v=0", "o=- 0 0 IN IP6 ::1", "s=-", "c=IN IP4 192.0.2.1", "t=0 0"}));
}

TEST(Write, GivesADescriptionWithoutOriginOne) {
  EXPECT_TRUE(contains(write(*parse("v=0\n")), "o=- 0 0 IN IP4 0.0.0.0\r\n"));
}

}  // namespace
}  // namespace portico::sdp
