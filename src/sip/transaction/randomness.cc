#include "sip/transaction/randomness.h"

#include <utility>

#include "base/hash.h"

namespace portico::sip {

std::uint64_t SystemRandomness::next() {
  if (left_ == 0) {
    random_fill({reinterpret_cast<std::uint8_t*>(batch_.data()), sizeof batch_});
    left_ = batch_.size();
  }
  return std::exchange(batch_[--left_], 0);
}

std::uint64_t SeededRandomness::next() {
  state_ += 0x9e3779b97f4a7c15U;
  std::uint64_t z = state_;
  z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31U);
}

std::string random_token(Randomness& randomness, std::size_t length) {
  // 32 characters that survive every parser, 12 of them from one draw.
  constexpr std::string_view kAlphabet = "abcdefghijkmnpqrstuvwxyz23456789";
  std::string token(length, '\0');
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < length; ++i) {
    if (i % 12 == 0) bits = randomness.next();
    token[i] = kAlphabet[bits & 31U];
    bits >>= 5U;
  }
  return token;
}

std::uint32_t random_below(Randomness& randomness, std::uint32_t bound) {
  return bound == 0 ? 0 : static_cast<std::uint32_t>(((randomness.next() >> 32U) * bound) >> 32U);
}

}  // namespace portico::sip
