#pragma once
// a=crypto lines (RFC 4568 section 9.1): SRTP keys in SDP.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/srtp_key.h"

namespace portico::sdp {

struct CryptoLine {
  std::uint32_t tag = 0;  // 0..999999999
  SrtpKey key;            // of whoever wrote the line
  std::optional<std::uint64_t> lifetime_packets;
};

// The value of a=crypto. Nothing when it is malformed or asks for what we do not do: unknown suite, several
// keys, unencrypted or unauthenticated packets, any other session parameter without '-' except WSH and KDR=0.
// Such a line counts as not offered (section 5.1.2).
std::optional<CryptoLine> read_crypto(std::string_view value);

// "1 AES_CM_128_HMAC_SHA1_80 inline:…"
std::string write_crypto(std::uint32_t tag, const SrtpKey& key);

}  // namespace portico::sdp
