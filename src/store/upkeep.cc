#include "store/upkeep.h"

#include "base/log.h"
#include "store/believed_time.h"

namespace portico::store {
namespace {

void cannot_remove(const Error& error) {
  log::warn("old records could not be removed", {{"error", error.what}});
}

}  // namespace

Upkeep::Upkeep(account::Directory& directory, account::Store& store, ForgetObjects forget_objects,
               UpkeepTimes times, std::function<void()> flush_logs)
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
  // A wall clock that is wrong when the machine starts and is set right later must not make everything old:
  // the first look comes late.
  const Now start = read_clocks();
  BelievedTime believed(start);
  auto next_expiry = start.mono + times_.expire_first;
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    const auto now = read_clocks();
    refresh();
    if (flush_logs_) flush_logs_();
    if (now.mono >= next_expiry) {
      expire(believed.at(now));
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
  const auto old = store_.expire({.calls_ended_before = now - times_.keep_calls,
                                  .recordings_ended_before = now - times_.keep_recordings,
                                  .webhooks_before = now - times_.keep_webhooks,
                                  .now = now});
  if (!old) return cannot_remove(old.error());
  std::vector<std::string> gone;
  for (const auto& recording : *old) {
    if (is_stopping()) break;  // the others the next time
    if (forget_objects_(recording.object_keys)) gone.push_back(recording.recording_id);
  }
  if (gone.empty()) return;
  if (const auto done = store_.forget_recordings(gone); !done) cannot_remove(done.error());
}

bool Upkeep::is_stopping() {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

}  // namespace portico::store
