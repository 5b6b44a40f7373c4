#include "rtp/event_sender.h"

#include <gtest/gtest.h>

#include <vector>

namespace portico::rtp {
namespace {

std::vector<EventSender::Out> all_of(EventSender sender) {
  std::vector<EventSender::Out> packets;
  while (const auto out = sender.next()) packets.push_back(*out);
  EXPECT_TRUE(sender.done());
  return packets;
}

TEST(EventSender, BeginsWithTheMarkerAndEndsThreeTimes) {
  const EventSender sender({.event = 5, .duration = 100ms, .volume = 7}, 1'000, 8'000);
  EXPECT_EQ(sender.end_timestamp(), 1'800U);
  const auto packets = all_of(sender);
  ASSERT_EQ(packets.size(), 7U);
  for (std::size_t i = 0; i < packets.size(); ++i) {
    EXPECT_EQ(packets[i].marker, i == 0) << i;
    EXPECT_EQ(packets[i].timestamp, 1'000U) << i;
    EXPECT_EQ(packets[i].event.event, 5);
    EXPECT_EQ(packets[i].event.volume, 7);
    EXPECT_EQ(packets[i].event.duration, std::min<std::size_t>(i + 1, 5) * 160) << i;
    EXPECT_EQ(packets[i].event.end, i >= 4) << i;
  }
}

TEST(EventSender, EndsWhereItWasToldThoughNoPacketTimeFits) {
  const auto packets = all_of(EventSender({.event = 1, .duration = 50ms}, 0, 8'000));
  ASSERT_EQ(packets.size(), 5U);
  EXPECT_EQ(packets[1].event.duration, 320);
  EXPECT_EQ(packets[2].event.duration, 400);
  EXPECT_TRUE(packets[2].event.end);
}

TEST(EventSender, SendsAtLeastOnePacketTime) {
  const auto packets = all_of(EventSender({.event = 1, .duration = 0ms}, 0, 8'000));
  ASSERT_EQ(packets.size(), 3U);
  EXPECT_TRUE(packets[0].marker);
  EXPECT_EQ(packets[0].event.duration, 160);
}

TEST(EventSender, CountsTheClockOfItsPayloadType) {
  const auto packets = all_of(EventSender({.event = 1, .duration = 40ms}, 0, 48'000, 40ms));
  EXPECT_EQ(packets[0].event.duration, 1'920);
}

TEST(EventSender, SplitsWhatTheDurationFieldCannotSay) {
  const auto packets = all_of(EventSender({.event = 1, .duration = 9s}, 100, 8'000));  // 72,000 ticks
  unsigned segments = 0;
  std::uint32_t timestamp = 0;
  for (const auto& packet : packets) {
    if (packet.timestamp != timestamp) {
      ++segments;
      timestamp = packet.timestamp;
    }
    EXPECT_EQ(packet.event.end, packet.timestamp == 100 + 0xFFFF && packet.event.duration == 72'000 - 0xFFFF);
  }
  EXPECT_EQ(segments, 2U);
  EXPECT_EQ(timestamp, 100U + 0xFFFF);
  EXPECT_TRUE(packets.back().event.end);
}

}  // namespace
}  // namespace portico::rtp
