#include "sip/transaction/keyed_hash.h"

#include <bit>
#include <cstring>

namespace portico::sip {
namespace {

struct SipState {
  std::uint64_t v0;
  std::uint64_t v1;
  std::uint64_t v2;
  std::uint64_t v3;

  void round() {
    v0 += v1;
    v1 = std::rotl(v1, 13) ^ v0;
    v0 = std::rotl(v0, 32);
    v2 += v3;
    v3 = std::rotl(v3, 16) ^ v2;
    v0 += v3;
    v3 = std::rotl(v3, 21) ^ v0;
    v2 += v1;
    v1 = std::rotl(v1, 17) ^ v2;
    v2 = std::rotl(v2, 32);
  }
  void word(std::uint64_t m) {
    v3 ^= m;
    round();
    v0 ^= m;
  }
  std::uint64_t fold() {
    round();
    round();
    round();
    return v0 ^ v1 ^ v2 ^ v3;
  }
};

// Each part becomes its length and its bytes padded to whole words: an encoding that no other list of parts
// has.
void absorb(SipState& state, std::string_view part) {
  state.word(part.size());
  while (!part.empty()) {
    std::uint64_t m = 0;
    const std::size_t n = part.size() < 8 ? part.size() : 8;
    std::memcpy(&m, part.data(), n);
    state.word(m);
    part.remove_prefix(n);
  }
}

}  // namespace

HashKey KeyedHash::operator()(std::initializer_list<std::string_view> parts) const {
  SipState state{key0_ ^ 0x736f6d6570736575U, key1_ ^ 0x646f72616e646f6dU ^ 0xeeU,
                 key0_ ^ 0x6c7967656e657261U, key1_ ^ 0x7465646279746573U};
  for (const auto part : parts) absorb(state, part);
  state.word(parts.size());
  HashKey out;
  state.v2 ^= 0xeeU;
  out.low = state.fold();
  state.v1 ^= 0xddU;
  out.high = state.fold();
  return out;
}

}  // namespace portico::sip
