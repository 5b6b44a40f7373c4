#pragma once
// Threads for work that blocks: SQL, files, decoding, DNS. A job's result is posted to whoever asked.

#include <cstddef>
#include <memory>

#include "async/job.h"

namespace portico::async {

// Who runs such jobs: threads, or the simulation (tests/sim).
class Executor {
 public:
  virtual ~Executor() = default;
  virtual bool run(Job job) = 0;  // any thread; false: it will not run
};

class Workers final : public Executor {
 public:
  explicit Workers(std::size_t threads);
  ~Workers() override;  // waits for jobs that have begun; later ones are dropped

  bool run(Job job) override;  // false when kQueuedMax jobs wait already

  static constexpr std::size_t kQueuedMax = 10'000;

 private:
  struct Pool;
  std::unique_ptr<Pool> pool_;
};

}  // namespace portico::async
