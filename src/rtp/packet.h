#pragma once
// One RTP packet as bytes (RFC 3550 section 5.1). Views only: nothing is copied, nothing allocates.

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/bytes.h"
#include "rtp/drop.h"

namespace portico::rtp {

inline constexpr std::size_t kHeaderBytes = 12;  // without CSRC list and extension

struct Header {
  std::uint8_t payload_type = 0;  // 0..127
  bool marker = false;
  std::uint16_t sequence = 0;
  std::uint32_t timestamp = 0;
  std::uint32_t ssrc = 0;

  friend bool operator==(const Header&, const Header&) = default;
};

struct Packet {
  Header header;
  std::uint8_t csrc_count = 0;
  bool has_extension = false;
  ByteView payload;  // behind CSRC list and extension, without padding; may be empty
};

// Drops: too_short, bad_version, bad_csrc_list, bad_extension, bad_padding.
Taken<Packet> parse_packet(ByteView bytes);

// Writes the 12 bytes; `out` holds at least kHeaderBytes. Returns kHeaderBytes.
std::size_t write_header(const Header& header, std::span<std::uint8_t> out);

// Rewriting in place, for the relay. `packet` holds at least kHeaderBytes.
void set_payload_type(std::span<std::uint8_t> packet, std::uint8_t payload_type);  // the marker stays
void set_marker(std::span<std::uint8_t> packet, bool marker);
void set_sequence(std::span<std::uint8_t> packet, std::uint16_t sequence);
void set_timestamp(std::span<std::uint8_t> packet, std::uint32_t timestamp);
void set_ssrc(std::span<std::uint8_t> packet, std::uint32_t ssrc);
// All of it at once; CSRC list, extension, padding and payload stay.
void rewrite_header(std::span<std::uint8_t> packet, const Header& header);

// What a datagram on an RTP port is, by its first two bytes (RFC 7983, RFC 5761 section 4).
enum class Kind : std::uint8_t { rtp, rtcp, stun, dtls, unknown };
Kind classify(ByteView datagram);

}  // namespace portico::rtp
