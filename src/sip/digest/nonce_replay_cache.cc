#include "sip/digest/nonce_replay_cache.h"

#include <string>
#include <utility>

#include "base/limits.h"

namespace portico::sip {
namespace {

constexpr std::size_t kFirstSlots = 256;

}  // namespace

// Only who knows the password gets anything in here, and a collision merely costs one more 407.
std::uint64_t NonceReplayCache::key_of(const Credentials& credentials) const {
  const auto count = credentials.qop.empty() ? std::string() : std::to_string(credentials.nc);
  const auto key = hash_({credentials.nonce, credentials.cnonce, count}).low;
  return key == 0 ? 1 : key;
}

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
