#include "net/timer_heap.h"

#include <algorithm>

namespace portico::net {
namespace {
constexpr std::size_t kRebuildAbove = 64;  // smaller heaps are not worth the work
}

TimerHeap::~TimerHeap() { const auto last = std::exchange(jobs_, {}); }

bool TimerHeap::later(const Entry& a, const Entry& b) {
  return a.when != b.when ? a.when > b.when : a.id > b.id;
}

async::TimerId TimerHeap::add(TimePoint when, async::Job job) {
  const auto id = next_id_++;
  jobs_.emplace(id, std::move(job));
  heap_.push_back({when, id});
  std::push_heap(heap_.begin(), heap_.end(), later);
  return id;
}

void TimerHeap::cancel(async::TimerId id) {
  const auto job = jobs_.extract(id);  // destroyed at the end: it may cancel others in turn
  if (job.empty()) return;
  if (heap_.size() <= kRebuildAbove || heap_.size() <= 2 * jobs_.size()) return;
  std::erase_if(heap_, [&](const Entry& e) { return !jobs_.contains(e.id); });
  std::make_heap(heap_.begin(), heap_.end(), later);
}

void TimerHeap::pop() {
  std::pop_heap(heap_.begin(), heap_.end(), later);
  heap_.pop_back();
}

void TimerHeap::drop_cancelled() {
  while (!heap_.empty() && !jobs_.contains(heap_.front().id)) pop();
}

TimePoint TimerHeap::next() {
  drop_cancelled();
  return heap_.empty() ? kNever : heap_.front().when;
}

std::optional<async::Job> TimerHeap::take(TimePoint now) {
  if (next() > now) return std::nullopt;
  if (heap_.empty()) return std::nullopt;
  const auto it = jobs_.find(heap_.front().id);
  std::optional<async::Job> job(std::move(it->second));
  jobs_.erase(it);
  pop();
  return job;
}

}  // namespace portico::net
