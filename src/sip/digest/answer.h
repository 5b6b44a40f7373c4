#pragma once
// The client's side: what to send after a challenge (RFC 7616 section 3.4, RFC 3261 section 22.2).

#include <cstdint>
#include <string>
#include <string_view>

#include "sip/digest/challenge.h"

namespace portico::sip {

struct Login {
  std::string_view username;  // plain text
  std::string_view password;
};
struct ProtectedRequest {
  std::string_view method;
  std::string_view uri;     // the Request-URI as sent
  std::uint32_t nc = 1;     // how often this nonce was used, this time included
  std::string_view cnonce;  // fresh randomness, token characters
};
// Value of the (Proxy-)Authorization field.
std::string answer_challenge(const Challenge& challenge, const Login& login, const ProtectedRequest& request);

}  // namespace portico::sip
