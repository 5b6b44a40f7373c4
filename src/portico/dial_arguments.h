#pragma once
// The command line of `portico dial` (design interface.md section 2).

#include <string>
#include <vector>

#include "portico/dial.h"

namespace CLI {
class App;
}

namespace portico::app {

class DialArguments {
 public:
  void add_to(CLI::App& app);  // this must outlive the parse
  int run();                   // judges what was given, then dials; the exit status

 private:
  Result<void> judge();

  DialOptions options_;
  std::string transport_;
  std::vector<std::string> headers_;
  std::string codecs_;
  double sound_after_ms_ = -1;
  double digits_after_ms_ = -1;
  double duration_seconds_ = -1;
};

}  // namespace portico::app
