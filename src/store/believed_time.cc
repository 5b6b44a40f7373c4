#include "store/believed_time.h"

namespace portico::store {

WallTime BelievedTime::at(Now now) {
  const auto passed = now.mono - last_.mono;
  const auto expected = last_.wall + std::chrono::duration_cast<Millis>(passed);
  if (now.wall > expected + kSlack && passed < kBelieveAfter) return expected;
  last_ = now;
  return now.wall;
}

}  // namespace portico::store
