#pragma once
// What makes a press of what is heard: one report a press, whichever ways it came, and no more presses than a
// thumb can make. One owner.

#include "base/limits.h"
#include "base/time.h"
#include "media/digit_merger.h"
#include "media/drop.h"

namespace portico::media {

class DigitGate {
 public:
  bool passes(TimePoint now, const DigitReport& report) {
    if (now - window_ >= Millis(1'000)) {
      window_ = now;
      in_window_ = 0;
    }
    if (in_window_ >= limits::kDigitsPerSecondMax) {
      count(Drop::digit_flood);
      return false;
    }
    if (!merger_.is_new(now, report)) return false;
    ++in_window_;
    return true;
  }

 private:
  DigitMerger merger_;
  TimePoint window_{};
  std::size_t in_window_ = 0;
};

}  // namespace portico::media
