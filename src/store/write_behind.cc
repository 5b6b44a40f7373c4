#include "store/write_behind.h"

#include <algorithm>
#include <numeric>
#include <unordered_set>
#include <utility>

#include "base/counters.h"
#include "base/log.h"

namespace portico::store {
namespace {

// How long the first write of a batch waits for company: a commit costs as much as some ten writes.
constexpr Millis kGather{25};
constexpr Millis kFirstPause{20};
constexpr Millis kLongestPause{1'000};

Counter& dropped(std::string_view reason) {
  return counter("portico_store_dropped_total", "Writes that were given up",
                 {{"reason", std::string(reason)}});
}

struct Metrics {
  Gauge& queued = gauge("portico_store_queued_writes", "Writes waiting for the store");
  Counter& written = counter("portico_store_written_total", "Writes that reached the store");
  Counter& retries = counter("portico_store_retries_total", "Commits tried again");
};

Metrics& metrics() {
  static Metrics all;
  return all;
}

// Rows of a log, of which the oldest go anyway. They come by the thousand when strangers flood the door or a
// backend fails, and leave half of the queue to what calls and applications depend on.
bool is_log_row(const account::Write& write) {
  return std::holds_alternative<account::AdmissionRow>(write) ||
         std::holds_alternative<account::WebhookExchange>(write);
}

// What others had written into a row of a log. Of two rows one may be a thousand times as large as the other.
std::size_t log_bytes(const account::Write& write) {
  if (const auto* row = std::get_if<account::AdmissionRow>(&write)) {
    return row->sip_call_id.size() + row->from.size() + row->explanation.size();
  }
  const auto* exchange = std::get_if<account::WebhookExchange>(&write);
  if (exchange == nullptr) return 0;
  return exchange->url.size() + exchange->request_body.size() + exchange->response_body.size() +
         exchange->error.size();
}

std::size_t log_bytes(std::span<const account::Write> batch) {
  return std::accumulate(batch.begin(), batch.end(), std::size_t{0},
                         [](std::size_t sum, const auto& write) { return sum + log_bytes(write); });
}

// The record of a call or recording that has ended, alone: an end that is not written is told again by the
// next start.
bool is_end(const account::Write& write) {
  if (const auto* call = std::get_if<account::CallRecord>(&write)) return call->ended.has_value();
  const auto* recording = std::get_if<account::RecordingRecord>(&write);
  return recording != nullptr && recording->ended.has_value();
}

std::size_t room_for(const account::Write& write, std::size_t room) {
  if (is_log_row(write)) return room / 2;
  return is_end(write) ? room + room / 4 : room;
}

// Worth another try: nothing is wrong with the writes themselves.
bool is_passing(Code code) { return code == Code::busy || code == Code::unavailable; }

const account::CallRecord* call_in(const account::Write& write) {
  const auto* end = std::get_if<account::EndWrite>(&write);
  return end != nullptr ? std::get_if<account::CallRecord>(&end->record)
                        : std::get_if<account::CallRecord>(&write);
}

// A call's record is written whole each time: of several in one batch only the last is needed.
void drop_superseded(std::vector<account::Write>& batch) {
  std::unordered_set<std::string> seen;
  const auto superseded = [&](const account::Write& write) {
    if (const auto* end = std::get_if<account::EndWrite>(&write)) {
      if (const auto* last = std::get_if<account::CallRecord>(&end->record)) seen.insert(last->call_id);
      return false;
    }
    const auto* call = std::get_if<account::CallRecord>(&write);
    return call != nullptr && !seen.insert(call->call_id).second;
  };
  // From the end to the start, so that the last is the one that stays.
  const auto kept = std::remove_if(batch.rbegin(), batch.rend(), superseded);
  batch.erase(batch.begin(), kept.base());
}

}  // namespace

WriteBehind::WriteBehind(account::Store& store, std::size_t room) : store_(store), room_(room) {
  thread_ = std::thread([this] { run(); });
}

WriteBehind::~WriteBehind() {
  if (thread_.joinable()) stop(5s);
}

Result<void> WriteBehind::submit(account::Write write) {
  bool wake = false;
  const auto text = log_bytes(write);
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) {
      dropped("stopping").add();
      return fail(Code::cancelled, "the store is being closed");
    }
    if (waiting_ + in_hand_ >= room_for(write, room_) ||
        log_bytes_ + text > limits::kWriteBehindLogBytesMax) {
      dropped(is_log_row(write) ? "log_rows" : "queue_full").add();
      return fail(Code::busy, "too many writes wait for the store");
    }
    put(std::move(write));
    log_bytes_ += text;
    // Between these two the thread is gathering or committing, and looks by itself.
    wake = waiting_ == 1 || waiting_ == limits::kWriteBehindBatchMax;
  }
  if (wake) wake_.notify_one();
  return {};
}

void WriteBehind::put(account::Write write) {
  if (batches_.empty() || batches_.back().size() >= limits::kWriteBehindBatchMax) {
    batches_.push_back(std::exchange(spare_, {}));
  }
  batches_.back().push_back(std::move(write));
  ++waiting_;
  ++submitted_;
  metrics().queued.set(static_cast<std::int64_t>(waiting_ + in_hand_));
}

Result<void> WriteBehind::flush(Duration at_most) {
  std::unique_lock lock(mutex_);
  const auto upto = submitted_;
  ++flushing_;
  wake_.notify_all();
  const bool done = settled_.wait_for(lock, at_most, [&] { return settled_count_ >= upto; });
  --flushing_;
  if (!done) return fail(Code::timeout, "the store did not take all writes in time");
  return {};
}

void WriteBehind::stop(Duration at_most) {
  {
    std::unique_lock lock(mutex_);
    stopping_ = true;
    wake_.notify_all();
    settled_.wait_for(lock, at_most, [&] { return waiting_ == 0 && in_hand_ == 0; });
    abandon_ = true;
    wake_.notify_all();
  }
  if (thread_.joinable()) thread_.join();
  if (const auto left = queued(); left > 0) {
    dropped("stopping").add(left);
    log::error("the store was closed with writes waiting", {{"writes", left}});
  }
}

std::size_t WriteBehind::queued() const {
  const std::lock_guard lock(mutex_);
  return waiting_ + in_hand_;
}

std::optional<account::CallRecord> WriteBehind::waiting_call(std::string_view account_id,
                                                             std::string_view call_id) const {
  const std::lock_guard lock(mutex_);
  std::size_t left = kLookedThrough;
  const account::CallRecord* found = nullptr;
  const auto look_through = [&](const std::vector<account::Write>& batch) {
    for (auto write = batch.rbegin(); write != batch.rend() && left > 0 && found == nullptr;
         ++write, --left) {
      const auto* call = call_in(*write);
      if (call != nullptr && call->call_id == call_id && call->account_id == account_id) found = call;
    }
  };
  std::for_each(batches_.rbegin(), batches_.rend(), look_through);
  look_through(committing_);
  return found == nullptr ? std::nullopt : std::optional(*found);
}

void WriteBehind::gather(std::unique_lock<std::mutex>& lock) {
  wake_.wait(lock, [&] { return waiting_ > 0 || stopping_; });
  wake_.wait_for(lock, kGather,
                 [&] { return waiting_ >= limits::kWriteBehindBatchMax || flushing_ > 0 || stopping_; });
  if (batches_.empty()) return;
  committing_ = std::move(batches_.front());
  batches_.pop_front();
  in_hand_ = committing_.size();
  waiting_ -= in_hand_;
  drop_superseded(committing_);
}

void WriteBehind::run() {
  std::unique_lock lock(mutex_);
  while (!abandon_) {
    gather(lock);
    if (committing_.empty()) break;  // stopping, and all done
    lock.unlock();
    const bool settled = commit(committing_);
    const auto text = log_bytes(committing_);
    lock.lock();
    if (!settled) break;  // stop() has given up waiting; the batch counts as left over
    settled_count_ += std::exchange(in_hand_, 0);
    log_bytes_ -= text;
    auto written = std::exchange(committing_, {});
    metrics().queued.set(static_cast<std::int64_t>(waiting_));
    settled_.notify_all();
    lock.unlock();
    written.clear();
    lock.lock();
    spare_ = std::move(written);
  }
}

// False only when stop() has given up on the store. A batch is one transaction, so trying it again cannot do
// any of it twice.
bool WriteBehind::commit(std::span<const account::Write> batch) {
  Millis pause_for = kFirstPause;
  while (true) {
    const auto done = store_.write(batch);
    if (done) {
      metrics().written.add(batch.size());
      return true;
    }
    if (!is_passing(done.error().code)) {
      if (batch.size() > 1) return commit_one_by_one(batch);
      dropped("refused").add();
      log::error("the store refused a write", {{"error", done.error().what}});
      return true;
    }
    metrics().retries.add();
    log::warn("the store did not take a batch; it is tried again", {{"error", done.error().what}});
    if (!pause(pause_for)) return false;
    pause_for = std::min(pause_for * 2, kLongestPause);
  }
}

// One write that cannot be stored must not take the others of its batch with it.
bool WriteBehind::commit_one_by_one(std::span<const account::Write> batch) {
  for (std::size_t i = 0; i < batch.size(); ++i) {
    if (!commit(batch.subspan(i, 1))) return false;
  }
  return true;
}

bool WriteBehind::pause(Duration at_most) {
  std::unique_lock lock(mutex_);
  wake_.wait_for(lock, at_most, [&] { return abandon_; });
  return !abandon_;
}

}  // namespace portico::store
