#pragma once
// What a client says in (Proxy-)Authorization, and whether it knows the password: RFC 7616 section 3.4, RFC
// 3261 section 22, RFC 2069 where no qop is sent.

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.h"
#include "sip/digest/algorithm.h"
#include "sip/message/message.h"

namespace portico::sip {

// Views into the header value, quotes off, backslashes kept: that is what the hash runs over (RFC 7616
// "unq").
struct Credentials {
  std::string_view username;
  std::string_view realm;
  std::string_view nonce;
  std::string_view uri;
  std::string_view response;  // hex of the algorithm's length
  std::string_view cnonce;    // with qop only: else nothing signs it
  std::string_view opaque;
  std::string_view qop;      // "" : RFC 2069
  std::string_view nc_text;  // eight hex digits, with qop only
  std::uint32_t nc = 0;
  DigestAlgorithm algorithm = DigestAlgorithm::md5;
};

// Code::invalid: Digest but malformed (a part missing or twice, unbalanced quotes, qop without nc or cnonce
// …). Code::unsupported: another scheme than Digest.
Result<Credentials> parse_credentials(std::string_view value);

// The credentials for `realm` among the fields of that name (realms compare exactly). not_found: none for
// this realm. Malformed Digest credentials are an error even if another field is sound.
Result<Credentials> read_credentials(const Message& request, Header id, std::string_view realm);

// Was `response` made with this HA1 (lower-case hex, of the credentials' algorithm)? Takes the same time
// wherever they differ. False for algorithms and qops that are never offered (-sess, auth-int), and for
// SHA-256 without qop.
bool response_matches(const Credentials& credentials, std::string_view method, std::string_view ha1);

// Does the digest's uri name the same resource as the Request-URI (RFC 7616 section 3.4.6)?
bool digest_uri_matches(std::string_view digest_uri, std::string_view request_uri);

}  // namespace portico::sip
