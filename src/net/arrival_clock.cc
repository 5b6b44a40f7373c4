#include "net/arrival_clock.h"

#include <algorithm>

namespace portico::net {
namespace {

constexpr auto kOldest = 1s;
// The clocks drift apart by less between two batches, unless somebody set one; after a long pause a batch may
// be taken for that, which costs it its stamps.
constexpr auto kDriftMax = 1ms;

}  // namespace

void ArrivalClock::set(TimePoint mono, std::chrono::nanoseconds wall) {
  const auto drift = (wall - wall_) - (mono - mono_);
  const bool first = mono_ == TimePoint{};
  stepped_ = std::chrono::abs(drift) > kDriftMax;
  if (stepped_ && !first) stepped_at_ = wall;
  mono_ = mono;
  wall_ = wall;
}

TimePoint ArrivalClock::arrived(std::optional<std::chrono::nanoseconds> stamp) const {
  if (!stamp || stepped_ || *stamp < stepped_at_) return mono_;
  const auto age = std::clamp<std::chrono::nanoseconds>(wall_ - *stamp, 0ns, kOldest);
  return mono_ - age;
}

}  // namespace portico::net
