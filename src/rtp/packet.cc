#include "rtp/packet.h"

#include "rtp/octets.h"

namespace portico::rtp {
namespace {

constexpr std::uint8_t kVersion = 2;
constexpr std::uint8_t kPaddingBit = 0x20;
constexpr std::uint8_t kExtensionBit = 0x10;
constexpr std::uint8_t kMarkerBit = 0x80;

}  // namespace

Taken<Packet> parse_packet(ByteView bytes) {
  if (bytes.size() < kHeaderBytes) return Dropped(Drop::too_short);
  if (bytes[0] >> 6 != kVersion) return Dropped(Drop::bad_version);
  Packet packet;
  packet.header = {.payload_type = static_cast<std::uint8_t>(bytes[1] & 0x7F),
                   .marker = (bytes[1] & kMarkerBit) != 0,
                   .sequence = read_u16(bytes, 2),
                   .timestamp = read_u32(bytes, 4),
                   .ssrc = read_u32(bytes, 8)};
  packet.csrc_count = bytes[0] & 0x0F;
  packet.has_extension = (bytes[0] & kExtensionBit) != 0;

  std::size_t begin = kHeaderBytes + std::size_t{packet.csrc_count} * 4;
  if (begin > bytes.size()) return Dropped(Drop::bad_csrc_list);
  if (packet.has_extension) {
    if (bytes.size() - begin < 4) return Dropped(Drop::bad_extension);
    begin += 4 + read_u16(bytes, begin + 2) * 4U;
    if (begin > bytes.size()) return Dropped(Drop::bad_extension);
  }
  std::size_t end = bytes.size();
  if ((bytes[0] & kPaddingBit) != 0) {
    const std::size_t padding = bytes[end - 1];
    if (padding == 0 || padding > end - begin) return Dropped(Drop::bad_padding);
    end -= padding;
  }
  packet.payload = bytes.subspan(begin, end - begin);
  return packet;
}

std::size_t write_header(const Header& header, std::span<std::uint8_t> out) {
  out[0] = kVersion << 6;
  rewrite_header(out, header);
  return kHeaderBytes;
}

void set_payload_type(std::span<std::uint8_t> packet, std::uint8_t payload_type) {
  packet[1] = static_cast<std::uint8_t>((packet[1] & kMarkerBit) | (payload_type & 0x7F));
}

void set_marker(std::span<std::uint8_t> packet, bool marker) {
  packet[1] = static_cast<std::uint8_t>((packet[1] & 0x7F) | (marker ? kMarkerBit : 0));
}

void set_sequence(std::span<std::uint8_t> packet, std::uint16_t sequence) { write_u16(packet, 2, sequence); }

void set_timestamp(std::span<std::uint8_t> packet, std::uint32_t timestamp) {
  write_u32(packet, 4, timestamp);
}

void set_ssrc(std::span<std::uint8_t> packet, std::uint32_t ssrc) { write_u32(packet, 8, ssrc); }

void rewrite_header(std::span<std::uint8_t> packet, const Header& header) {
  packet[1] = static_cast<std::uint8_t>((header.marker ? kMarkerBit : 0) | (header.payload_type & 0x7F));
  set_sequence(packet, header.sequence);
  set_timestamp(packet, header.timestamp);
  set_ssrc(packet, header.ssrc);
}

Kind classify(ByteView datagram) {
  if (datagram.size() < 2) return Kind::unknown;
  const auto first = datagram[0];
  if (first <= 3) return Kind::stun;
  if (first >= 20 && first <= 63) return Kind::dtls;
  if (first < 128 || first > 191) return Kind::unknown;
  return datagram[1] >= 192 && datagram[1] <= 223 ? Kind::rtcp : Kind::rtp;
}

}  // namespace portico::rtp
