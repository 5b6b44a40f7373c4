#pragma once
// Threads for work that blocks: SQL, files, decoding, DNS. A job's result is posted to whoever asked.

#include <cstddef>
#include <memory>

#include "async/job.h"

namespace portico::async {

class Workers {
 public:
  explicit Workers(std::size_t threads);
  ~Workers();  // waits for jobs that have begun; later ones are dropped

  // Any thread. False when `queued_max` jobs wait already.
  bool run(Job job);

  static constexpr std::size_t kQueuedMax = 10'000;

 private:
  struct Pool;
  std::unique_ptr<Pool> pool_;
};

}  // namespace portico::async
