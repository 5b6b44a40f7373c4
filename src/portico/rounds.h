#pragma once
// A job that workers do again and again, never two of it at a time: what waits for a disk that hangs is
// joined by no other. One thread.

#include <memory>

#include "async/workers.h"
#include "base/time.h"

namespace portico::app {

class Rounds {
 public:
  // `workers` must outlive the rounds.
  Rounds(async::Executor& workers, Duration every, TimePoint now)
      : workers_(workers), every_(every), next_(now + every) {}

  // `every` has passed and the last one is over, in whatever way.
  bool due(TimePoint now) const { return now >= next_ && last_.expired(); }
  void begin(TimePoint now, async::Job job) {
    next_ = now + every_;
    auto under_way = std::make_shared<const bool>(true);
    last_ = under_way;
    workers_.run([job = std::move(job), under_way = std::move(under_way)]() mutable { job(); });
  }

 private:
  async::Executor& workers_;
  Duration every_;
  TimePoint next_;
  std::weak_ptr<const bool> last_;  // held by its job: gone when that ended, threw or was never begun
};

}  // namespace portico::app
