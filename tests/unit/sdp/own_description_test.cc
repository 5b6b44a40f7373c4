#include "sdp/own_description.h"

#include <gtest/gtest.h>

#include "sdp/samples.h"

namespace portico::sdp {
namespace {

const OwnAudio kAudio{.rtp = {.ip = IpAddress::v4(0x0A000001), .port = 4000},
                      .rtcp = {.ip = IpAddress::v4(0x0A000001), .port = 4001},
                      .formats = {{.payload_type = 0}}};

TEST(OwnDescription, KnowsItsSessionAgain) {
  const OwnSession session{
      .id = 9,
      .version = 4,
      .origin = *parse_ip("192.0.2.1"),
      .slots = {{.type = "video", .protocol = "RTP/AVP", .format = "31"}, {.ours = true}}};
  const auto again = read_own_session(write_own(session, kAudio));
  EXPECT_EQ(again.id, 9U);
  EXPECT_EQ(again.version, 4U);
  EXPECT_EQ(again.origin, session.origin);
  ASSERT_EQ(again.slots.size(), 2U);
  EXPECT_FALSE(again.slots[0].ours);
  EXPECT_EQ(again.slots[0].type, "video");
  EXPECT_TRUE(again.slots[1].ours);
}

TEST(OwnDescription, CountsAVersionOnlyForSomethingNew) {
  const OwnSession session{.slots = {{.ours = true}}};
  const auto first = write_own(session, kAudio);
  EXPECT_EQ(write_next(session, kAudio, first), first);
  auto moved = kAudio;
  moved.rtp.port = 5000;
  moved.rtcp.port = 5001;
  EXPECT_TRUE(contains(write_next(session, moved, first), "o=- 1 2 IN IP4 "));
}

}  // namespace
}  // namespace portico::sdp
