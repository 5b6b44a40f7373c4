#pragma once
// (Proxy-)Authenticate: written by a server, read by a client.

#include <string>
#include <string_view>

#include "base/result.h"
#include "sip/digest/algorithm.h"
#include "sip/message/message.h"

namespace portico::sip {

// The value of one field, with qop="auth". Several algorithms: a field each, the preferred one first (RFC
// 8760 section 2.4), the same nonce in all.
std::string write_challenge(std::string_view realm, std::string_view nonce, HashAlgorithm algorithm,
                            bool stale);

// Views into the header value, quotes off.
struct Challenge {
  std::string_view realm;
  std::string_view nonce;
  std::string_view opaque;
  std::string_view qop;  // as listed: "auth", "auth,auth-int", ""
  std::string_view algorithm_text;
  DigestAlgorithm algorithm = DigestAlgorithm::md5;
  bool stale = false;
};
Result<Challenge> parse_challenge(std::string_view value);

// The strongest challenge of a 401 (Header::www_authenticate) or 407 (proxy_authenticate) that
// answer_challenge() can answer: SHA-256 before MD5, else in the order given. not_found: none at all;
// unsupported: none that we can answer.
Result<Challenge> choose_challenge(const Message& response, Header id);

}  // namespace portico::sip
