#pragma once
// What the numbers on an m-line mean: static payload types (RFC 3551 section 6), a=rtpmap and a=fmtp.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/codec.h"
#include "sdp/negotiated.h"
#include "sdp/session_description.h"

namespace portico::sdp {

struct PayloadFormat {
  enum class Kind : std::uint8_t { audio, telephone_event, other };

  std::uint8_t payload_type = 0;
  Kind kind = Kind::other;
  Codec codec = Codec::pcmu;         // audio only
  std::uint32_t clock_rate = 8'000;  // audio and telephone_event, Hz
  bool mapped = false;               // an a=rtpmap line says so
  std::string_view parameters;       // of a=fmtp
};

inline constexpr std::uint8_t kDynamicFirst = 96;

// In the order of the m-line. Formats that are no payload types are left out, a repeated one too.
std::vector<PayloadFormat> read_formats(const MediaDescription& media);

OpusParameters read_opus_parameters(std::string_view parameters);

// "opus/48000/2", "telephone-event/8000"
std::string rtpmap_of(Codec codec);
std::string telephone_event_rtpmap(std::uint32_t clock_rate);

// The number that RFC 3551 fixes; nothing for opus.
std::optional<std::uint8_t> static_payload_type(Codec codec);

}  // namespace portico::sdp
