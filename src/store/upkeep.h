#pragma once
// What a store needs done again and again: the directory told of changes by other processes (within a
// second), old calls, recordings and logs forgotten. One thread of its own.

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "account/directory.h"
#include "account/store.h"
#include "base/time.h"

namespace portico::store {

struct UpkeepTimes {
  Duration refresh_every = 500ms;
  Duration expire_first = 1h;  // after the start: time for the clock to be set right
  Duration expire_every = 1h;
  std::chrono::days keep_calls{7};  // after hangup: contract voice-api.md "Limits"
  std::chrono::days keep_recordings{30};
  std::chrono::days keep_webhooks{7};
};

class Upkeep {
 public:
  // True: nothing is left under these keys.
  using ForgetObjects = std::function<bool(const std::vector<std::string>& keys)>;
  // `forget_objects` is called on the upkeep's thread with the keys of one recording, whose record goes once
  // they have; else both wait for the next time. `flush_logs` as often as the directory is refreshed.
  Upkeep(account::Directory& directory, account::Store& store, ForgetObjects forget_objects,
         UpkeepTimes times = {}, std::function<void()> flush_logs = {});
  ~Upkeep();  // stops and waits, at most for the store and the files of one recording
  Upkeep(const Upkeep&) = delete;
  Upkeep& operator=(const Upkeep&) = delete;

  // False while the store does not answer; applications known before are still served. For readiness and
  // metrics.
  bool store_answers() const { return store_answers_.load(std::memory_order_relaxed); }

 private:
  void run();
  void refresh();
  void expire(WallTime now);
  bool is_stopping();

  account::Directory& directory_;
  account::Store& store_;
  ForgetObjects forget_objects_;
  UpkeepTimes times_;
  std::function<void()> flush_logs_;
  std::atomic<bool> store_answers_{true};
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace portico::store
