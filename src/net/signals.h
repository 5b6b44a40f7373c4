#pragma once
// SIGTERM, SIGINT and SIGHUP delivered to a loop as plain calls. One per process.

#include <functional>
#include <memory>

namespace portico::net {

class IoLoop;

class Signals {
 public:
  // `told` runs on `loop` with the signal's number. SIGPIPE is ignored from here on.
  Signals(IoLoop& loop, std::function<void(int)> told);
  ~Signals();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace portico::net
