#pragma once
// The thread that owns things. A Loop runs jobs and timers one after another on its one thread; everything
// that a call, a transaction or a port consists of belongs to one Loop and is touched from its thread only.
// net/ has the real one, tests/sim one whose time is injected.

#include <cstdint>

#include "async/job.h"
#include "base/time.h"

namespace portico::async {

using TimerId = std::uint64_t;  // 0 is never a timer

class Loop {
 public:
  virtual ~Loop() = default;

  // Any thread. Jobs run on the owner thread in the order of their posts.
  virtual void post(Job job) = 0;

  // Owner thread only.
  virtual TimePoint now() const = 0;
  virtual WallTime wall() const = 0;
  virtual TimerId call_at(TimePoint when, Job job) = 0;  // runs once, not before `when`
  virtual void cancel(TimerId id) = 0;                   // harmless when it has run already

  virtual bool on_owner_thread() const = 0;
};

}  // namespace portico::async
