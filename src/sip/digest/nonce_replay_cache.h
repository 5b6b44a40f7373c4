#pragma once
// Remembers which (nonce, nc, cnonce) were used, for as long as a nonce lives (RFC 7616 section 5.12). Ask it
// only about credentials that proved right, so strangers cannot fill it. Bounded by limits::kNonceReplaysMax:
// who uses more within a nonce's life shortens that life, for all, instead of shutting the others out. Grows
// from nothing. One thread, or a lock around it.

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "base/time.h"
#include "sip/digest/credentials.h"
#include "sip/transaction/keyed_hash.h"

namespace portico::sip {

class NonceReplayCache {
 public:
  enum class Use : unsigned char {
    first,     // noted
    repeated,  // answer stale=true
  };
  explicit NonceReplayCache(std::size_t uses_max = limits::kNonceReplaysMax) : half_(uses_max / 2) {}

  Use note(TimePoint now, const Credentials& credentials);
  // All uses since then are remembered: a nonce that is older must be refused as stale. Zero: all uses
  // there ever were. Ask after note().
  TimePoint complete_since() const { return complete_since_; }
  std::size_t size() const { return young_.used + old_.used; }

 private:
  // Open addressing over 64-bit hashes under a secret key, or who knows a password could choose counts that
  // fill one run of slots, which each look-up would walk. 0 marks a free slot.
  struct Generation {
    std::vector<std::uint64_t> slots;
    std::size_t used = 0;
    bool contains(std::uint64_t key) const;
    void insert(std::uint64_t key);
    void grow();
  };
  void turn(TimePoint now);
  std::uint64_t key_of(const Credentials& credentials) const;

  // Two generations, each collecting for one nonce life or until it is full: an entry stays for one to two
  // lives, or through half of all that fits.
  const std::size_t half_;
  const KeyedHash hash_;
  Generation young_;
  Generation old_;
  TimePoint turned_at_{};
  TimePoint complete_since_{};
};

}  // namespace portico::sip
