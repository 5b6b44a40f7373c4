#pragma once
// A token bucket of one second's depth, kept as a debt that time pays off: n events at once, then n a second.

#include <algorithm>
#include <cstdint>

#include "base/time.h"

namespace portico {

class RateBucket {
 public:
  // False, and nothing taken, when the bucket is empty. `per_second` must not be 0.
  bool take(std::uint32_t per_second, TimePoint now) {
    settle(now);
    const Duration price = Duration(1s) / per_second;
    if (debt_ + price > Duration(1s)) return false;
    debt_ += price;
    return true;
  }
  // Takes even when that overdraws the bucket, by no more than one second.
  void force(std::uint32_t per_second, TimePoint now) {
    settle(now);
    debt_ = std::min<Duration>(debt_ + Duration(1s) / per_second, 2s);
  }

 private:
  void settle(TimePoint now) {
    if (now <= updated_) return;
    const Duration passed = now - updated_;
    debt_ = passed >= debt_ ? Duration{} : debt_ - passed;
    updated_ = now;
  }

  Duration debt_{};
  TimePoint updated_{};
};

}  // namespace portico
