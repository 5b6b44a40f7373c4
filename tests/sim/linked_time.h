#pragma once
// While a run holds one of these, the process's clocks are the run's loop and its source of chance is the
// run's seed: the linker leads std::chrono's clocks and base/random_fill.cc here (--wrap,
// cmake/portico_test.cmake). So code that reads a clock or makes an id by itself (webhook/outbox.cc,
// base/ids.cc) is simulated as it is, and a seed gives the same run again. One at a time, one thread.

#include <cstdint>

#include "async/manual_loop.h"

namespace portico::sim {

class LinkedTime {
 public:
  LinkedTime(const async::ManualLoop& loop, std::uint64_t seed);
  ~LinkedTime();
  LinkedTime(const LinkedTime&) = delete;
  LinkedTime& operator=(const LinkedTime&) = delete;
};

}  // namespace portico::sim
