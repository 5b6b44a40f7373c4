#pragma once
// What offer and answer agreed upon for one audio stream, as plain values. Made by call/ from SDP.

#include <cstdint>
#include <optional>
#include <vector>

#include "base/address.h"
#include "base/codec.h"
#include "base/srtp_key.h"
#include "base/time.h"

namespace portico::media {

using Codec = portico::Codec;
using SrtpKey = portico::SrtpKey;

// Another codec that the peer may switch to without asking (RFC 3264 section 5.1).
struct ReceiveFormat {
  Codec codec = Codec::pcmu;
  std::uint8_t payload_type = 0;  // the number we said
};

// telephone-event at one more clock rate; each payload type counts by its own.
struct ReceiveEvents {
  std::uint8_t payload_type = 0;  // the number we said
  std::uint32_t clock = 8'000;    // Hz
};

struct StreamDescription {
  Codec codec = Codec::pcmu;
  std::uint8_t send_payload_type = 0;           // the number the far side wants to receive
  std::uint8_t receive_payload_type = 0;        // the number we said
  std::optional<std::uint8_t> send_event_type;  // telephone-event (RFC 4733), same two points of view
  std::optional<std::uint8_t> receive_event_type;
  std::uint32_t event_clock = 8'000;        // Hz, clock of the telephone-event type
  std::vector<ReceiveEvents> other_events;  // what else the peer may send digits with
  Millis ptime = Millis(20);                // what the far side asks for; we send 20, 40 or 60 (Opus: 20)
  bool send = true;                         // direction as we see it: sendrecv = both
  bool receive = true;
  Endpoint remote_rtp;              // from c= and m=; an unspecified address or port 0 means: send nothing
  Endpoint remote_rtcp;             // a=rtcp, else port + 1; ignored with rtcp_mux
  bool rtcp_mux = false;            // RFC 5761
  std::optional<SrtpKey> send_key;  // both or none: SRTP and SRTCP (RFC 3711)
  std::optional<SrtpKey> receive_key;
  std::vector<ReceiveFormat> also_accepted;  // at most limits::kSdpFormatsMax
  // The address in SDP is not where packets will come from (it is private, or the signalling came from
  // elsewhere): any address may prove to be the source. Otherwise only packets from remote_rtp.ip can be.
  bool remote_behind_nat = false;
  IpAddress signalling_source;  // most likely the media's too, behind a NAT
  bool inband_digits = false;   // listen for DTMF tones in the audio too
};

// The end of a hold. A NAT on the way may have closed meanwhile: the same party may come from another port.
inline bool resumes(const StreamDescription& before, const StreamDescription& now) {
  return now.receive && ((!before.send && now.send) || !before.receive);
}

}  // namespace portico::media
