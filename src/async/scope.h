#pragma once
// Who starts a coroutine stops it: tasks started in a Scope live at most as long as the Scope. Owner thread
// only.

#include <cstdint>
#include <functional>
#include <memory>
#include <unordered_map>

#include "async/loop.h"
#include "async/task.h"

namespace portico::async {

class Scope {
 public:
  explicit Scope(Loop& loop);
  ~Scope();  // destroys what still runs, at its present co_await
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;

  // Runs `task` until its first suspension, then whenever it is resumed; drops it after its end. An exception
  // that leaves the task ends it and is logged. After close() tasks are refused (false).
  bool start(Task<void> task);
  std::size_t size() const;
  void close();  // no new tasks
  void on_empty(std::function<void()>
                    told);  // once, when closed and the last task has ended (at once if there is none)

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace portico::async
