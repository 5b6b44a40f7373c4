#pragma once
// A call's inbox for tests of rooms that answer from threads of their own: wait() blocks the test until the
// next event.

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <utility>

#include "async/inbox.h"
#include "async/scope.h"
#include "call/events.h"

namespace portico {

// Runs on the thread that made it, whenever that thread waits. No timers.
class WaitingLoop final : public async::Loop {
 public:
  void post(async::Job job) override {
    const std::lock_guard lock(mutex_);
    jobs_.push_back(std::move(job));
    posted_.notify_one();
  }
  TimePoint now() const override { return Clock::now(); }
  WallTime wall() const override { return read_clocks().wall; }
  async::TimerId call_at(TimePoint, async::Job) override { return 0; }
  void cancel(async::TimerId) override {}
  bool on_owner_thread() const override { return std::this_thread::get_id() == owner_; }

  void run_one() {
    std::unique_lock lock(mutex_);
    if (!posted_.wait_for(lock, std::chrono::seconds(60), [this] { return !jobs_.empty(); })) {
      throw std::runtime_error("nothing came in a minute");
    }
    auto job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    job();
  }

 private:
  std::thread::id owner_ = std::this_thread::get_id();
  std::mutex mutex_;
  std::condition_variable posted_;
  std::deque<async::Job> jobs_;
};

class EventWaiter {
 public:
  EventWaiter() { scope_.start(collect()); }

  call::Sender sender() { return inbox_.sender(); }

  // The next event, which must be of this type.
  template <typename Event>
  Event wait() {
    while (events_.empty()) loop_.run_one();
    auto event = std::get<Event>(std::move(events_.front()));
    events_.pop_front();
    return event;
  }

 private:
  async::Task<> collect() {
    for (;;) {
      auto event = co_await inbox_.receive();
      if (event) events_.push_back(std::move(*event));
    }
  }

  WaitingLoop loop_;
  std::deque<call::Event> events_;
  async::Inbox<call::Event> inbox_{loop_};
  async::Scope scope_{loop_};
};

}  // namespace portico
