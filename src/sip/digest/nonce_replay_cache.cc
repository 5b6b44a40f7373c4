#include "sip/digest/nonce_replay_cache.h"

#include <functional>
#include <utility>

#include "base/limits.h"

namespace portico::sip {
namespace {

constexpr std::size_t kFirstSlots = 256;

std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  auto h = (a ^ b * 0x9E37'79B9'7F4A'7C15ULL) * 0xBF58'476D'1CE4'E5B9ULL;
  return h ^ h >> 31;
}

// Only who knows the password gets anything in here, and a collision merely costs one more 407.
std::uint64_t key_of(const Credentials& c) {
  const std::hash<std::string_view> hash;
  const auto key = mix(mix(hash(c.nonce), hash(c.cnonce)), c.nc + (c.qop.empty() ? 0x1'0000'0000ULL : 0));
  return key == 0 ? 1 : key;
}

}  // namespace

bool NonceReplayCache::Generation::contains(std::uint64_t key) const {
  if (slots.empty()) return false;
  const auto mask = slots.size() - 1;
  for (auto at = key & mask; slots[at] != 0; at = (at + 1) & mask) {
    if (slots[at] == key) return true;
  }
  return false;
}

void NonceReplayCache::Generation::insert(std::uint64_t key) {
  if ((used + 1) * 2 > slots.size()) grow();
  const auto mask = slots.size() - 1;
  auto at = key & mask;
  while (slots[at] != 0) at = (at + 1) & mask;
  slots[at] = key;
  ++used;
}

void NonceReplayCache::Generation::grow() {
  auto before =
      std::exchange(slots, std::vector<std::uint64_t>(slots.empty() ? kFirstSlots : slots.size() * 2));
  used = 0;
  for (const auto key : before) {
    if (key != 0) insert(key);
  }
}

void NonceReplayCache::turn(TimePoint now) {
  const auto since = now - turned_at_;
  if (since < limits::kNonceLife && young_.used < half_) return;
  if (old_.used != 0) complete_since_ = turned_at_;
  old_ = std::exchange(young_, {});
  if (since >= 2 * limits::kNonceLife) old_ = {};
  turned_at_ = now;
}

NonceReplayCache::Use NonceReplayCache::note(TimePoint now, const Credentials& credentials) {
  turn(now);
  const auto key = key_of(credentials);
  if (young_.contains(key) || old_.contains(key)) return Use::repeated;
  young_.insert(key);
  return Use::first;
}

}  // namespace portico::sip
