#pragma once
// Session descriptions for the tests of this room.

#include <initializer_list>
#include <string>

#include "base/hash.h"
#include "sdp/negotiation.h"

namespace portico::sdp {

inline std::string lines(std::initializer_list<std::string_view> all) {
  std::string out;
  for (const auto line : all) out.append(line).append("\r\n");
  return out;
}

// A peer at 192.0.2.20 whose m-lines and attributes are `media`.
inline std::string peer(std::initializer_list<std::string_view> media) {
  return lines({"v=0", "o=alice 2890844526 2890844526 IN IP4 192.0.2.20", "s=-", "c=IN IP4 192.0.2.20",
                "t=0 0"}) +
         lines(media);
}

// Bytes that count up: keys that a reader can recognise.
inline RandomFill counting() {
  return [next = std::uint8_t{0}](std::span<std::uint8_t> out) mutable {
    for (auto& byte : out) byte = next++;
  };
}

inline LocalMedia local_media() {
  return {
      .rtp = {.ip = *parse_ip("203.0.113.5"), .port = 16384},
      .rtcp = {.ip = *parse_ip("203.0.113.5"), .port = 16385},
      .keys = make_keys(std::array{SrtpSuite::aead_aes_256_gcm, SrtpSuite::aead_aes_128_gcm,
                                   SrtpSuite::aes_cm_128_hmac_sha1_80, SrtpSuite::aes_cm_128_hmac_sha1_32},
                        counting()),
      .session_id = 77};
}

inline constexpr std::string_view kKey30 =
    "WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz";  // RFC 4568 section 4.1

inline bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

}  // namespace portico::sdp
