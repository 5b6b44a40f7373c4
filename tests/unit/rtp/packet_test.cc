#include "rtp/packet.h"

#include <gtest/gtest.h>

#include "base/counters.h"

namespace portico::rtp {
namespace {

Bytes packet_with(std::uint8_t first, const Bytes& rest) {
  Bytes bytes{first, 0x80, 0x12, 0x34, 0x00, 0x01, 0x02, 0x03, 0xCA, 0xFE, 0xBA, 0xBE};
  bytes.insert(bytes.end(), rest.begin(), rest.end());
  return bytes;
}

TEST(Packet, ReadsItsFixedHeaderAndPayload) {
  const auto bytes = packet_with(0x80, {1, 2, 3});
  const auto packet = parse_packet(bytes);
  ASSERT_TRUE(packet);
  EXPECT_EQ(packet->header, (Header{.payload_type = 0,
                                    .marker = true,
                                    .sequence = 0x1234,
                                    .timestamp = 0x00010203,
                                    .ssrc = 0xCAFEBABE}));
  EXPECT_EQ(Bytes(packet->payload.begin(), packet->payload.end()), (Bytes{1, 2, 3}));
}

TEST(Packet, MayBeEmpty) {
  const auto bytes = packet_with(0x80, {});
  EXPECT_TRUE(parse_packet(bytes)->payload.empty());
}

TEST(Packet, SkipsCsrcListExtensionAndPadding) {
  const auto bytes = packet_with(0x80 | 0x20 | 0x10 | 2, {0,    0,    0, 1, 0, 0, 0, 2,  // two CSRC
                                                          0xBE, 0xDE, 0, 1, 9, 9, 9, 9,  // one word
                                                          0x41, 0x42, 0, 0, 3});  // payload, padding of 3
  const auto packet = parse_packet(bytes);
  ASSERT_TRUE(packet);
  EXPECT_EQ(packet->csrc_count, 2);
  EXPECT_TRUE(packet->has_extension);
  EXPECT_EQ(as_text(packet->payload), "AB");
}

TEST(Packet, TakesAnExtensionWithoutWords) {
  const auto bytes = packet_with(0x90, {0xBE, 0xDE, 0, 0, 7});
  const auto packet = parse_packet(bytes);
  ASSERT_TRUE(packet);
  EXPECT_EQ(packet->payload.size(), 1U);
}

struct BadRow {
  const char* what;
  Bytes bytes;
  Drop drop;
};

TEST(Packet, IsDroppedByName) {
  const BadRow rows[] = {
      {"nothing", {}, Drop::too_short},
      {"eleven bytes", {0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, Drop::too_short},
      {"version 1", packet_with(0x40, {1}), Drop::bad_version},
      {"version 3", packet_with(0xC0, {1}), Drop::bad_version},
      {"CSRC missing", packet_with(0x81, {1, 2, 3}), Drop::bad_csrc_list},
      {"extension header cut", packet_with(0x90, {0xBE, 0xDE, 0}), Drop::bad_extension},
      {"extension words cut", packet_with(0x90, {0xBE, 0xDE, 0, 1, 1, 1, 1}), Drop::bad_extension},
      {"extension of 65535 words", packet_with(0x90, {0xBE, 0xDE, 0xFF, 0xFF}), Drop::bad_extension},
      {"padding of 0", packet_with(0xA0, {1, 0}), Drop::bad_padding},
      {"padding beyond payload", packet_with(0xA0, {1, 3}), Drop::bad_padding},
      {"padding without payload reads the header", packet_with(0xA0, {}), Drop::bad_padding},
  };
  for (const auto& row : rows) {
    const auto packet = parse_packet(row.bytes);
    ASSERT_FALSE(packet) << row.what;
    EXPECT_EQ(packet.error(), row.drop) << row.what;
  }
}

TEST(Packet, WritesWhatItReads) {
  const Header header{
      .payload_type = 111, .marker = true, .sequence = 65535, .timestamp = 0xFFFFFFFF, .ssrc = 7};
  Bytes bytes(kHeaderBytes, 0xFF);
  EXPECT_EQ(write_header(header, bytes), kHeaderBytes);
  EXPECT_EQ(parse_packet(bytes)->header, header);
}

TEST(Packet, IsRewrittenInPlaceForTheRelay) {
  auto bytes = packet_with(0x90, {0xBE, 0xDE, 0, 1, 9, 9, 9, 9, 0x41});
  set_payload_type(bytes, 8);
  EXPECT_TRUE(parse_packet(bytes)->header.marker);
  set_marker(bytes, false);
  set_sequence(bytes, 1);
  set_timestamp(bytes, 160);
  set_ssrc(bytes, 42);
  const auto packet = parse_packet(bytes);
  EXPECT_EQ(packet->header,
            (Header{.payload_type = 8, .marker = false, .sequence = 1, .timestamp = 160, .ssrc = 42}));
  EXPECT_EQ(as_text(packet->payload), "A");
  rewrite_header(bytes, {.payload_type = 0, .marker = true, .sequence = 2, .timestamp = 320, .ssrc = 43});
  EXPECT_EQ(parse_packet(bytes)->header.ssrc, 43U);
  EXPECT_TRUE(parse_packet(bytes)->has_extension);
}

TEST(Classify, TellsProtocolsApartByTheirFirstBytes) {
  const std::pair<Bytes, Kind> rows[] = {
      {{0x80, 0}, Kind::rtp},       {{0x80, 0x88}, Kind::rtp},  {{0x80, 72}, Kind::rtp},
      {{0x80, 200}, Kind::rtcp},    {{0x81, 201}, Kind::rtcp},  {{0x80, 207}, Kind::rtcp},
      {{0x80, 191}, Kind::rtp},     {{0x80, 192}, Kind::rtcp},  {{0x80, 223}, Kind::rtcp},
      {{0x80, 224}, Kind::rtp},     {{0x00, 1}, Kind::stun},    {{22, 254}, Kind::dtls},
      {{0x40, 0}, Kind::unknown},   {{0xFF, 0}, Kind::unknown}, {{0x80}, Kind::unknown},
      {{'\r', '\n'}, Kind::unknown}};
  for (const auto& [bytes, kind] : rows) EXPECT_EQ(classify(bytes), kind) << to_hex(bytes);
}

TEST(Drop, IsAMetricWithItsName) {
  auto& metric = counter("portico_rtp_drops_total", "", {{"reason", "srtp_auth_failed"}});
  const auto before = metric.value();
  count(Drop::srtp_auth_failed);
  EXPECT_EQ(metric.value(), before + 1);
  EXPECT_EQ(drop_name(Drop::srtp_failed), "srtp_failed");
  EXPECT_EQ(drop_name(Drop::too_short), "too_short");
  EXPECT_EQ(drop_name(Drop::event_stale), "event_stale");
}

}  // namespace
}  // namespace portico::rtp
