#pragma once
// SRTP suites and keys as sdp/ negotiates and rtp/ uses them (RFC 3711, RFC 4568, RFC 6188, RFC 7714). A key
// is a secret: it is never logged and never part of an error's text.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/bytes.h"

namespace portico {

enum class SrtpSuite : std::uint8_t {
  aes_cm_128_hmac_sha1_80,
  aes_cm_128_hmac_sha1_32,
  aes_256_cm_hmac_sha1_80,
  aes_256_cm_hmac_sha1_32,
  aead_aes_128_gcm,
  aead_aes_256_gcm,
};

struct SrtpSuiteTraits {
  SrtpSuite suite;
  std::string_view name;   // on a crypto line
  std::size_t key_bytes;   // master key
  std::size_t salt_bytes;  // master salt
};
inline constexpr std::array<SrtpSuiteTraits, 6> kSrtpSuites{{
    {SrtpSuite::aes_cm_128_hmac_sha1_80, "AES_CM_128_HMAC_SHA1_80", 16, 14},
    {SrtpSuite::aes_cm_128_hmac_sha1_32, "AES_CM_128_HMAC_SHA1_32", 16, 14},
    {SrtpSuite::aes_256_cm_hmac_sha1_80, "AES_256_CM_HMAC_SHA1_80", 32, 14},
    {SrtpSuite::aes_256_cm_hmac_sha1_32, "AES_256_CM_HMAC_SHA1_32", 32, 14},
    {SrtpSuite::aead_aes_128_gcm, "AEAD_AES_128_GCM", 16, 12},
    {SrtpSuite::aead_aes_256_gcm, "AEAD_AES_256_GCM", 32, 12},
}};
constexpr const SrtpSuiteTraits& traits(SrtpSuite suite) {
  return kSrtpSuites[static_cast<std::size_t>(suite)];
}
constexpr std::size_t master_bytes(SrtpSuite suite) {
  return traits(suite).key_bytes + traits(suite).salt_bytes;
}

struct SrtpKey {
  SrtpSuite suite = SrtpSuite::aes_cm_128_hmac_sha1_80;
  Bytes master;  // master key, then master salt: master_bytes(suite)
  Bytes mki;     // empty: packets carry no MKI; at most 128 bytes

  friend bool operator==(const SrtpKey&, const SrtpKey&) = default;
};

// One key for each direction, of one suite.
struct SrtpKeyPair {
  SrtpKey send;
  SrtpKey receive;

  friend bool operator==(const SrtpKeyPair&, const SrtpKeyPair&) = default;
};

}  // namespace portico
