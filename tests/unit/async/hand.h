#pragma once
// An executor that runs what it was given when told to.

#include <utility>
#include <vector>

#include "async/workers.h"

namespace portico::async {

class Hand final : public Executor {
 public:
  bool run(Job job) override {
    if (full) return false;
    jobs_.push_back(std::move(job));
    return true;
  }
  void go() {
    for (auto& job : std::exchange(jobs_, {})) job();
  }
  bool full = false;

 private:
  std::vector<Job> jobs_;
};

}  // namespace portico::async
