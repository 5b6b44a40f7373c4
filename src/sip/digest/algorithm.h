#pragma once
// Digest algorithms (RFC 7616, RFC 8760) and HA1, the one thing a server keeps of a password.

#include <string>
#include <string_view>

#include "base/hash.h"

namespace portico::sip {

enum class DigestAlgorithm : unsigned char { md5, sha256, md5_sess, sha256_sess, other };

DigestAlgorithm find_digest_algorithm(std::string_view token);  // any case; "" is MD5 (RFC 2617)
std::string_view digest_algorithm_name(DigestAlgorithm algorithm);

// Lower-case hex of H(username ":" realm ":" password).
std::string make_ha1(HashAlgorithm algorithm, std::string_view username, std::string_view realm,
                     std::string_view password);

}  // namespace portico::sip
