#pragma once
// Nonces that need no memory (RFC 7616 section 3.3): time stamp, salt and a MAC over both, the application
// and the source address. 52 lower-case hex digits. Const after construction, so any thread may use it.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/address.h"
#include "base/hash.h"
#include "base/time.h"

namespace portico::sip {

enum class NonceVerdict : unsigned char {
  ok,
  stale,    // ours, for this application and source, but older than limits::kNonceLife
  expired,  // the same, but so old, twice that, that it proves nothing of who shows it now
  forged,   // not ours, or given to somebody else
};

class NonceMint {
 public:
  // `secret`: 32 random bytes, shared by all nodes.
  explicit NonceMint(std::string_view secret) : key_(secret) {}

  // `salt` keeps two nonces of one millisecond apart: a counter or a random number.
  std::string mint(WallTime now, std::string_view application, const IpAddress& source,
                   std::uint32_t salt) const;
  NonceVerdict check(std::string_view nonce, WallTime now, std::string_view application,
                     const IpAddress& source) const;
  // When a nonce that is not forged was made.
  static WallTime minted_at(std::string_view nonce);

 private:
  HmacSha256 key_;
};

}  // namespace portico::sip
