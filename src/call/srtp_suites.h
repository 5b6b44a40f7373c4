#pragma once
// The SRTP suites that calls are offered and answered with, in the order of our offers; an answer follows the
// peer's order.

#include <array>

#include "base/srtp_key.h"

namespace portico::call {

inline constexpr std::array kSrtpSuitesSpoken{
    SrtpSuite::aead_aes_256_gcm,        SrtpSuite::aead_aes_128_gcm,
    SrtpSuite::aes_cm_128_hmac_sha1_80, SrtpSuite::aes_cm_128_hmac_sha1_32,
    SrtpSuite::aes_256_cm_hmac_sha1_80, SrtpSuite::aes_256_cm_hmac_sha1_32};
static_assert(kSrtpSuitesSpoken.size() == kSrtpSuites.size(), "each that the media know");

}  // namespace portico::call
