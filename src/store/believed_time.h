#pragma once
// What time it is for those who remove what is old: the wall clock, but for its steps ahead. One that is
// taken back within a day has made nothing old; one that stands is that of a clock that was wrong before. One
// owner, one thread.

#include "base/time.h"

namespace portico::store {

class BelievedTime {
 public:
  static constexpr Millis kSlack = 60s;  // between two looks: clocks drift, and are slewed
  static constexpr Duration kBelieveAfter = 24h;

  explicit BelievedTime(Now start) : last_(start) {}
  // Never ahead of the wall clock.
  WallTime at(Now now);

 private:
  Now last_;  // when no step ahead was in doubt
};

}  // namespace portico::store
