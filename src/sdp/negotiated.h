#pragma once
// What offer and answer have settled, as a plain value: all that a media port, a snapshot or the next
// re-INVITE needs. Holds SRTP keys: never log it whole.

#include <bitset>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/codec.h"
#include "base/srtp_key.h"
#include "base/time.h"

namespace portico::sdp {

// What *we* may do. Bit 0: send, bit 1: receive.
enum class Direction : std::uint8_t { inactive = 0, send_only = 1, receive_only = 2, send_receive = 3 };

constexpr bool may_send(Direction d) { return (static_cast<unsigned>(d) & 1U) != 0; }
constexpr bool may_receive(Direction d) { return (static_cast<unsigned>(d) & 2U) != 0; }
// The same stream seen from the other end.
constexpr Direction reversed(Direction d) {
  const auto bits = static_cast<unsigned>(d);
  return static_cast<Direction>((bits & 1U) << 1 | bits >> 1);
}
constexpr Direction both(Direction a, Direction b) {
  return static_cast<Direction>(static_cast<unsigned>(a) & static_cast<unsigned>(b));
}
std::string_view direction_name(Direction direction);  // "sendonly" …

inline constexpr std::size_t kPayloadTypes = 128;
using PayloadTypes = std::bitset<kPayloadTypes>;

struct AudioFormat {
  Codec codec = Codec::pcmu;
  std::uint8_t send_payload_type = 0;     // in packets we send
  std::uint8_t receive_payload_type = 0;  // in packets we take

  friend bool operator==(const AudioFormat&, const AudioFormat&) = default;
};

struct TelephoneEventFormat {
  std::uint32_t clock_rate = 8'000;
  std::uint8_t send_payload_type = 101;
  std::uint8_t receive_payload_type = 101;

  friend bool operator==(const TelephoneEventFormat&, const TelephoneEventFormat&) = default;
};

// What the peer's decoder asked for (RFC 7587 section 6.1).
struct OpusParameters {
  bool inband_fec = false;
  std::uint32_t bitrate_max = 0;  // bit/s, 0: nothing said

  friend bool operator==(const OpusParameters&, const OpusParameters&) = default;
};

struct Negotiated {
  Endpoint remote_rtp;   // as the peer wrote it, private or not; ip 0.0.0.0 is the old form of hold
  Endpoint remote_rtcp;  // equals remote_rtp when rtcp_mux
  bool rtcp_mux = false;
  AudioFormat audio;                                   // the one we send
  std::vector<AudioFormat> also_accepted;              // others the peer may switch to without asking
  std::vector<TelephoneEventFormat> telephone_events;  // at most one a clock rate, best for `audio` first
  OpusParameters opus;
  Millis ptime{20};                 // length of the packets we send, 10..60 ms
  std::optional<Millis> ptime_max;  // the peer's a=maxptime
  Direction direction = Direction::send_receive;
  std::optional<SrtpKeyPair> srtp;  // nothing: RTP in the clear
  std::string local_sdp;  // what we sent last: session id, version, numbers and m-lines must live on
  // The peer has used these in this session for something that is not ours.
  PayloadTypes foreign_payload_types;

  friend bool operator==(const Negotiated&, const Negotiated&) = default;
};

// What a re-INVITE or UPDATE altered.
struct Changes {
  bool address = false;    // the remote IP of RTP or RTCP
  bool port = false;       // the remote port of RTP or RTCP, or rtcp-mux
  bool codec = false;      // codec, payload types, ptime, opus parameters
  bool digits = false;     // telephone-event payload types
  bool keys = false;       // suite or key of either direction, or SRTP on or off
  bool direction = false;  // hold or resume

  bool any() const { return address || port || codec || digits || keys || direction; }
  friend bool operator==(const Changes&, const Changes&) = default;
};
Changes changes(const Negotiated& before, const Negotiated& after);

}  // namespace portico::sdp
