#pragma once
// Jobs for workers, a line for each key, such as an account, served in turn (lines.h): who asks for much
// waits for himself. Any thread.

#include <cstddef>
#include <memory>
#include <string>

#include "async/workers.h"

namespace portico::async {

class Turns {
 public:
  // At most `running_max` jobs run at a time, `running_of_one_max` of one line. Who gives the jobs bounds how
  // many wait. `workers` must outlive this.
  Turns(Executor& workers, std::size_t running_max, std::size_t running_of_one_max);
  ~Turns();  // as stop()

  bool run(const std::string& line, Job job);  // false: it will not run
  // Drops what waits, and takes no more. What runs goes on.
  void stop();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace portico::async
