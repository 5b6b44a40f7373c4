#include "sdp/negotiated.h"

#include <gtest/gtest.h>

namespace portico::sdp {
namespace {

TEST(Direction, IsReversedForTheOtherEnd) {
  EXPECT_EQ(reversed(Direction::send_only), Direction::receive_only);
  EXPECT_EQ(reversed(Direction::receive_only), Direction::send_only);
  EXPECT_EQ(reversed(Direction::send_receive), Direction::send_receive);
  EXPECT_EQ(reversed(Direction::inactive), Direction::inactive);
  EXPECT_TRUE(may_send(Direction::send_only));
  EXPECT_FALSE(may_receive(Direction::send_only));
  EXPECT_EQ(both(Direction::send_only, Direction::receive_only), Direction::inactive);
  EXPECT_EQ(direction_name(Direction::receive_only), "recvonly");
}

TEST(Changes, NameWhatIsDifferent) {
  const Negotiated before{.remote_rtp = {.ip = IpAddress::v4(1), .port = 4000}};
  EXPECT_FALSE(changes(before, before).any());
  auto after = before;
  after.local_sdp = "another version";
  EXPECT_FALSE(changes(before, after).any());
  after = before;
  after.remote_rtp.ip = IpAddress::v4(2);
  EXPECT_EQ(changes(before, after), Changes{.address = true});
  after = before;
  after.remote_rtcp.port = 5;
  EXPECT_EQ(changes(before, after), Changes{.port = true});
  after = before;
  after.audio.send_payload_type = 8;
  EXPECT_EQ(changes(before, after), Changes{.codec = true});
  after = before;
  after.ptime = Millis(40);
  EXPECT_EQ(changes(before, after), Changes{.codec = true});
  after = before;
  after.telephone_events.push_back({});
  EXPECT_EQ(changes(before, after), Changes{.digits = true});
  after = before;
  after.srtp = SrtpKeyPair{};
  EXPECT_EQ(changes(before, after), Changes{.keys = true});
  after = before;
  after.direction = Direction::inactive;
  EXPECT_EQ(changes(before, after), Changes{.direction = true});
}

}  // namespace
}  // namespace portico::sdp
