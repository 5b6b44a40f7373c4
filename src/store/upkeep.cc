#include "store/upkeep.h"

#include <algorithm>

#include "base/log.h"

namespace portico::store {

Upkeep::Upkeep(account::Directory& directory, account::Store& store,
               std::function<void(std::vector<std::string> keys)> forget_objects, UpkeepTimes times,
               std::function<void()> flush_logs)
    : directory_(directory),
      store_(store),
      forget_objects_(std::move(forget_objects)),
      times_(times),
      flush_logs_(std::move(flush_logs)) {
  thread_ = std::thread([this] { run(); });
}

Upkeep::~Upkeep() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void Upkeep::run() {
  // A wall clock that jumps ahead, or is wrong when the machine starts and is set right later, must not make
  // everything old: the first look comes late, and the earlier of two clocks counts.
  const Now start = read_clocks();
  auto next_expiry = start.mono + times_.expire_first;
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    const auto now = read_clocks();
    refresh();
    if (flush_logs_) flush_logs_();
    if (now.mono >= next_expiry) {
      const auto moved_on = start.wall + std::chrono::duration_cast<Millis>(now.mono - start.mono);
      expire(std::min(moved_on, now.wall));
      next_expiry = now.mono + times_.expire_every;
    }
    lock.lock();
    wake_.wait_for(lock, times_.refresh_every, [&] { return stopping_; });
  }
}

void Upkeep::refresh() {
  const auto refreshed = directory_.refresh(store_);
  const bool answers = refreshed.has_value();
  const bool answered = store_answers_.exchange(answers);
  if (answered && !answers) {
    log::error("the store does not answer; known applications are served from memory",
               {{"error", refreshed.error().what}});
  }
  if (!answered && answers) log::info("the store answers again");
}

void Upkeep::expire(WallTime now) {
  auto keys = store_.expire({.calls_ended_before = now - times_.keep_calls,
                             .recordings_started_before = now - times_.keep_recordings,
                             .webhooks_before = now - times_.keep_webhooks,
                             .now = now});
  if (!keys) {
    log::warn("old records could not be removed", {{"error", keys.error().what}});
    return;
  }
  if (!keys->empty() && forget_objects_) forget_objects_(std::move(*keys));
}

}  // namespace portico::store
