#pragma once
// When a datagram came, as the kernel stamped it (SO_TIMESTAMPNS, wall time), on the monotonic clock: a
// reader that comes round only now and then still sees the pace at which they came. No system calls; one
// owner.

#include <chrono>
#include <optional>

#include "base/time.h"

namespace portico::net {

class ArrivalClock {
 public:
  // Both clocks, read one right after the other, before the arrived() of a batch.
  void set(TimePoint mono, std::chrono::nanoseconds wall_since_epoch);

  // Never after the time of set(), nor more than a second before it. Without a stamp, and where the wall
  // clock has been set between it and set(), the time of set() itself.
  TimePoint arrived(std::optional<std::chrono::nanoseconds> stamp) const;

 private:
  TimePoint mono_{};
  std::chrono::nanoseconds wall_{};
  bool stepped_ = true;                    // set since the batch before
  std::chrono::nanoseconds stepped_at_{};  // what comes from before was stamped by another clock
};

}  // namespace portico::net
