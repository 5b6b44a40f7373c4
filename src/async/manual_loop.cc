#include "async/manual_loop.h"

namespace portico::async {

ManualLoop::ManualLoop(TimePoint start, WallTime wall_start)
    : now_(start), start_(start), wall_start_(wall_start) {}

WallTime ManualLoop::wall() const { return wall_start_ + std::chrono::duration_cast<Millis>(now_ - start_); }

TimerId ManualLoop::call_at(TimePoint when, Job job) {
  const auto id = next_id_++;
  timers_.emplace(std::pair{when, id}, std::move(job));
  when_.emplace(id, when);
  return id;
}

void ManualLoop::cancel(TimerId id) {
  const auto it = when_.find(id);
  if (it == when_.end()) return;
  timers_.erase({it->second, id});
  when_.erase(it);
}

void ManualLoop::run_ready() {
  while (!jobs_.empty()) {
    auto job = std::move(jobs_.front());
    jobs_.pop_front();
    job();
  }
}

TimePoint ManualLoop::next_timer() const { return timers_.empty() ? kNever : timers_.begin()->first.first; }

void ManualLoop::run_until(TimePoint when) {
  run_ready();
  while (next_timer() <= when) {
    auto node = timers_.extract(timers_.begin());
    when_.erase(node.key().second);
    if (node.key().first > now_) now_ = node.key().first;
    node.mapped()();
    run_ready();
  }
  if (when > now_) now_ = when;
}

}  // namespace portico::async
