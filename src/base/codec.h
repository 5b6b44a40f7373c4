#pragma once
// The audio codecs we speak, as one word for all rooms. Values only.

#include <cstdint>
#include <string_view>

namespace portico {

enum class Codec : std::uint8_t { pcmu, pcma, g722, opus };

// As on an rtpmap line (RFC 3551, RFC 7587).
constexpr std::string_view codec_name(Codec codec) {
  switch (codec) {
    case Codec::pcmu:
      return "PCMU";
    case Codec::pcma:
      return "PCMA";
    case Codec::g722:
      return "G722";
    case Codec::opus:
      return "opus";
  }
  return "";
}

// The rate in Hz at which RTP timestamps count. G.722 says 8000 for history's sake (RFC 3551 section 4.5.2).
constexpr std::uint32_t rtp_clock_rate(Codec codec) { return codec == Codec::opus ? 48'000 : 8'000; }

}  // namespace portico
