#pragma once
// SipHash-1-3 (Aumasson and Bernstein): hashes of what strangers choose, under a secret key, so that nobody
// can make two of them meet.

#include <bit>
#include <cstdint>

namespace portico {

class SipHash {
 public:
  struct Key {
    std::uint64_t first;
    std::uint64_t second;
  };
  explicit SipHash(const Key& key)
      : v0_(key.first ^ 0x736f6d6570736575U),
        v1_(key.second ^ 0x646f72616e646f6dU),
        v2_(key.first ^ 0x6c7967656e657261U),
        v3_(key.second ^ 0x7465646279746573U) {}

  void absorb(std::uint64_t word) {
    v3_ ^= word;
    round();
    v0_ ^= word;
  }
  // 64 bits of all that was absorbed.
  std::uint64_t finish() {
    v2_ ^= 0xFF;
    return fold();
  }
  // 128 bits. The object is done with afterwards.
  Key finish_wide() {
    v2_ ^= 0xEE;
    const auto first = fold();
    v1_ ^= 0xDD;
    return {first, fold()};
  }

 private:
  void round() {
    v0_ += v1_;
    v1_ = std::rotl(v1_, 13) ^ v0_;
    v0_ = std::rotl(v0_, 32);
    v2_ += v3_;
    v3_ = std::rotl(v3_, 16) ^ v2_;
    v0_ += v3_;
    v3_ = std::rotl(v3_, 21) ^ v0_;
    v2_ += v1_;
    v1_ = std::rotl(v1_, 17) ^ v2_;
    v2_ = std::rotl(v2_, 32);
  }
  std::uint64_t fold() {
    round();
    round();
    round();
    return v0_ ^ v1_ ^ v2_ ^ v3_;
  }

  std::uint64_t v0_, v1_, v2_, v3_;
};

}  // namespace portico
