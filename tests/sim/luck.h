#pragma once
// Chance of a run, from its seed.

#include <cstdint>

#include "base/time.h"
#include "sip/transaction/randomness.h"

namespace portico::sim {

class Luck {
 public:
  explicit Luck(std::uint64_t seed) : random_(seed) {}
  bool one_in(std::uint32_t n) { return n != 0 && below(n) == 0; }  // 0: never
  std::uint32_t below(std::uint32_t bound) { return bound == 0 ? 0 : sip::random_below(random_, bound); }
  Millis up_to(Millis most) { return Millis(below(static_cast<std::uint32_t>(most.count()) + 1)); }

 private:
  sip::SeededRandomness random_;
};

}  // namespace portico::sim
