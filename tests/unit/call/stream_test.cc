#include "call/stream.h"

#include <gtest/gtest.h>

namespace portico::call {
namespace {

sdp::Negotiated negotiated(std::uint8_t send, std::uint8_t receive) {
  sdp::Negotiated out;
  out.audio = {.codec = Codec::opus, .send_payload_type = 111, .receive_payload_type = 111};
  out.telephone_events = {{.clock_rate = 48'000, .send_payload_type = send, .receive_payload_type = receive}};
  return out;
}

// Cisco's answer to an offer of ours: 96 where we said 101, and its digits come as 96.
TEST(StreamOf, HearsAnAnswersOwnNumbersToo) {
  const auto stream = stream_of(negotiated(96, 101), IpAddress::v4(1));
  EXPECT_EQ(stream.receive_event_type, 101);
  ASSERT_EQ(stream.other_events.size(), 1U);
  EXPECT_EQ(stream.other_events[0].payload_type, 96);
  EXPECT_EQ(stream.other_events[0].clock, 48'000U);
  EXPECT_TRUE(stream.also_accepted.empty());
}

TEST(StreamOf, HearsNothingElseByANumberOfSomethingElse) {
  EXPECT_TRUE(stream_of(negotiated(101, 101), IpAddress::v4(1)).other_events.empty());
  EXPECT_TRUE(stream_of(negotiated(111, 101), IpAddress::v4(1)).other_events.empty());
  auto two = negotiated(101, 101);
  two.audio.send_payload_type = 101;
  EXPECT_TRUE(stream_of(two, IpAddress::v4(1)).also_accepted.empty());
  two.audio.send_payload_type = 96;
  const auto stream = stream_of(two, IpAddress::v4(1));
  ASSERT_EQ(stream.also_accepted.size(), 1U);
  EXPECT_EQ(stream.also_accepted[0].codec, Codec::opus);
}

}  // namespace
}  // namespace portico::call
