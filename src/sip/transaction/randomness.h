#pragma once
// Chance is an argument: tags, branches, Call-IDs, first CSeq and RSeq numbers and glare delays are drawn
// from here.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

namespace portico::sip {

class Randomness {
 public:
  virtual ~Randomness() = default;
  virtual std::uint64_t next() = 0;
};

// The kernel's CSPRNG: tags guard dialogs against strangers (RFC 3261 section 19.3). Drawn in
// batches, each number handed out once; one instance a thread.
class SystemRandomness final : public Randomness {
 public:
  std::uint64_t next() override;

 private:
  std::array<std::uint64_t, 64> batch_{};
  std::size_t left_ = 0;
};

// For tests and the simulator: the same seed gives the same calls (splitmix64).
class SeededRandomness final : public Randomness {
 public:
  explicit SeededRandomness(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() override;

 private:
  std::uint64_t state_;
};

std::string random_token(Randomness& randomness, std::size_t length);  // [a-z0-9], about 5 bits a character
std::uint32_t random_below(Randomness& randomness, std::uint32_t bound);

}  // namespace portico::sip
