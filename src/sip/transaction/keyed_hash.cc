#include "sip/transaction/keyed_hash.h"

#include <cstring>

#include "base/hash.h"

namespace portico::sip {
namespace {

// Each part becomes its length and its bytes padded to whole words: an encoding that no other list of parts
// has.
void absorb(SipHash& hash, std::string_view part) {
  hash.absorb(part.size());
  while (!part.empty()) {
    std::uint64_t m = 0;
    const std::size_t n = part.size() < 8 ? part.size() : 8;
    std::memcpy(&m, part.data(), n);
    hash.absorb(m);
    part.remove_prefix(n);
  }
}

}  // namespace

KeyedHash::KeyedHash() : key_{random_u64(), random_u64()} {}

HashKey KeyedHash::operator()(std::initializer_list<std::string_view> parts) const {
  SipHash hash(key_);
  for (const auto part : parts) absorb(hash, part);
  hash.absorb(parts.size());
  const auto [low, high] = hash.finish_wide();
  return {.low = low, .high = high};
}

}  // namespace portico::sip
