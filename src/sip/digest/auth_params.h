#pragma once
// The `scheme name=value, name="value"` form that challenges and credentials share: RFC 3261 section 25.1,
// "digest-cln" and "dig-resp".

#include <string_view>

#include "base/result.h"

namespace portico::sip {

struct AuthParam {
  std::string_view name;
  std::string_view value;  // quotes off, backslashes kept
  bool quoted = false;
};

class AuthParams {
 public:
  // `value` is a field value. is_digest() tells whether the scheme is Digest.
  explicit AuthParams(std::string_view value);
  bool is_digest() const { return digest_; }

  enum class Step : unsigned char { param, end, malformed };
  Step next(AuthParam& out);

 private:
  std::string_view rest_;
  bool digest_ = false;
  bool first_ = true;
};

}  // namespace portico::sip
