#pragma once
// When a media thread ticks: absolute deadlines, so that lateness does not add up. What was missed is not
// made up for tick by tick (the engine gives each port its turn by the clock), only counted. Pure.

#include <cstdint>

#include "base/time.h"

namespace portico::medianode {

class TickSchedule {
 public:
  explicit TickSchedule(Duration every) : every_(every) {}

  void start(TimePoint now);  // first tick one interval later; nothing when it runs already
  void stop() { next_ = kNever; }
  bool running() const { return next_ != kNever; }
  TimePoint next() const { return next_; }  // kNever while stopped
  bool due(TimePoint now) const { return now >= next_; }
  // To be called when due: moves to the first deadline after `now`; returns how many were missed.
  std::uint64_t take(TimePoint now);

 private:
  Duration every_;
  TimePoint next_ = kNever;
};

}  // namespace portico::medianode
