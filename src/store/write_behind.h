#pragma once
// Writes that nobody waits for: call records, recordings, admissions, webhook exchanges, outbox items. One
// thread commits them in the order of submission, many to a commit. Each accepted write is done once; while
// the store is locked or away they wait in memory, up to limits::kWriteBehindMax (rows of logs up to half of
// it and limits::kWriteBehindLogBytesMax of text, ends of calls and recordings a quarter more), and are tried
// again. Any thread submits.

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <span>
#include <string_view>
#include <thread>
#include <vector>

#include "account/store.h"
#include "base/limits.h"
#include "base/time.h"

namespace portico::store {

class WriteBehind {
 public:
  explicit WriteBehind(account::Store& store, std::size_t room = limits::kWriteBehindMax);
  ~WriteBehind();  // as stop() with 5 s
  WriteBehind(const WriteBehind&) = delete;
  WriteBehind& operator=(const WriteBehind&) = delete;

  // busy when the queue is full, cancelled after stop(). Never blocks on the store.
  Result<void> submit(account::Write write);

  // Waits until everything submitted before is in the store. Tests and shutdown.
  Result<void> flush(Duration at_most);
  // No more writes; waits for the queued ones, at most so long. What is left then is counted and logged.
  void stop(Duration at_most);

  std::size_t queued() const;

  // The last record of a call among the newest writes that are not in the store yet; of them so many are
  // looked through, for the queue stands still meanwhile.
  static constexpr std::size_t kLookedThrough = 8'192;
  std::optional<account::CallRecord> waiting_call(std::string_view account_id,
                                                  std::string_view call_id) const;

 private:
  void run();
  void gather(std::unique_lock<std::mutex>& lock);
  void put(account::Write write);
  bool commit(std::span<const account::Write> batch);
  bool commit_one_by_one(std::span<const account::Write> batch);
  bool pause(Duration at_most);

  account::Store& store_;
  std::size_t room_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;     // the thread
  std::condition_variable settled_;  // flush and stop
  // In the batches in which they will be committed, each up to limits::kWriteBehindBatchMax: a write is large
  // and is not moved again, and the room of a batch that was committed serves the next.
  std::deque<std::vector<account::Write>> batches_;
  std::vector<account::Write> spare_;
  std::vector<account::Write> committing_;  // not changed while it is committed
  std::size_t waiting_ = 0;                 // writes in batches_
  std::size_t in_hand_ = 0;                 // writes that committing_ came with
  std::size_t log_bytes_ = 0;               // text of the log rows in batches_ and committing_
  std::uint64_t submitted_ = 0;
  std::uint64_t settled_count_ = 0;
  std::size_t flushing_ = 0;  // flush() calls that wait
  bool stopping_ = false;
  bool abandon_ = false;
  std::thread thread_;
};

}  // namespace portico::store
