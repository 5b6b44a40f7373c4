#pragma once
// Short keys for tables whose real keys (branches, tags, Call-IDs) strangers choose: SipHash-1-3 with 128
// bits of output under a secret key, so that nobody can make two of them meet, and nothing but 16 bytes is
// kept.

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string_view>

#include "base/siphash.h"
#include "sip/transaction/randomness.h"

namespace portico::sip {

struct HashKey {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  friend bool operator==(const HashKey&, const HashKey&) = default;
};

class KeyedHash {
 public:
  KeyedHash();  // keyed by the kernel's CSPRNG
  explicit KeyedHash(Randomness& randomness) : key_{randomness.next(), randomness.next()} {}

  // Parts are kept apart by their lengths: {"ab", "c"} and {"a", "bc"} differ. All together: 64 kB at most.
  HashKey operator()(std::initializer_list<std::string_view> parts) const;

 private:
  SipHash::Key key_;
};

}  // namespace portico::sip

template <>
struct std::hash<portico::sip::HashKey> {
  std::size_t operator()(const portico::sip::HashKey& key) const noexcept { return key.low; }
};
