#pragma once
// Runs one program to its end: text in, bytes out, bounded in time and size. No shell; nothing is inherited
// but the three standard streams, and stderr goes nowhere. Blocks.

#include <chrono>
#include <string>
#include <vector>

#include "base/result.h"

namespace portico::speech {

struct ProcessLimits {
  std::chrono::milliseconds time;
  std::size_t output_bytes_max;
};

struct ProcessEnd {
  int exit_status = 0;  // when signal is 0
  int signal = 0;       // that ended it
  std::string output;

  bool good() const { return signal == 0 && exit_status == 0; }
};

// `argv[0]`: absolute path, or a name looked for in PATH. `stop_fd`: readable when the process shall be
// killed, -1 for never. A process that is over a limit or stopped is killed. Errors: unavailable (cannot be
// started), timeout, too_large, cancelled.
Result<ProcessEnd> run_process(const std::vector<std::string>& argv, const std::string& input,
                               const ProcessLimits& limits, int stop_fd);

}  // namespace portico::speech
