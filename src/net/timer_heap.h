#pragma once
// Timers of one loop in the order of their deadlines; those of one instant run in the order they were made.
// Cancelling is a hash lookup: the heap's entry stays behind until it surfaces, and the heap is rebuilt when
// most of it is such entries.

#include <optional>
#include <unordered_map>
#include <vector>

#include "async/loop.h"

namespace portico::net {

class TimerHeap {
 public:
  TimerHeap() = default;
  ~TimerHeap();  // jobs that are destroyed here may cancel others
  TimerHeap(const TimerHeap&) = delete;
  TimerHeap& operator=(const TimerHeap&) = delete;

  async::TimerId add(TimePoint when, async::Job job);
  void cancel(async::TimerId id);
  TimePoint next();                               // kNever when there is none
  std::optional<async::Job> take(TimePoint now);  // the earliest that is due
  std::size_t size() const { return jobs_.size(); }
  std::size_t heap_entries() const { return heap_.size(); }

 private:
  struct Entry {
    TimePoint when;
    async::TimerId id;
  };
  static bool later(const Entry& a, const Entry& b);
  void drop_cancelled();
  void pop();

  std::vector<Entry> heap_;
  std::unordered_map<async::TimerId, async::Job> jobs_;
  async::TimerId next_id_ = 1;
};

}  // namespace portico::net
