#include "net/io_loop.h"

#include <pthread.h>

#include <atomic>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <thread>

#include "base/log.h"
#include "net/timer_heap.h"

namespace portico::net {
namespace asio = boost::asio;

struct IoLoop::State {
  explicit State(std::string n) : name(std::move(n)) {}

  void run() {
    owner = std::this_thread::get_id();
    for (;;) {
      try {
        context.run();
        break;
      } catch (const std::exception& e) {
        log::error("a job of a loop ended by an exception", {{"loop", name}, {"what", e.what()}});
      }
    }
  }

  // One Asio timer stands for the earliest of the heap. Most timers are cancelled before their time, so an
  // Asio timer that is set too early is left alone: it finds nothing due and is set anew.
  void arm() {
    const auto next = timers.next();
    if (closing || next >= armed_for) return;
    armed_for = next;
    timer.expires_at(next);
    timer.async_wait([this](const boost::system::error_code& error) {
      if (!error) run_due();
    });
  }

  void run_due() {
    armed_for = kNever;
    // Timers that are made by these jobs for "now" run with the next turn: sockets come first.
    const auto now = Clock::now();
    auto left = timers.size();
    while (left-- > 0) {
      auto job = timers.take(now);
      if (!job) break;
      run_one(*job);
    }
    arm();
  }

  void run_one(async::Job& job) {
    try {
      job();
    } catch (const std::exception& e) {
      log::error("a timer of a loop ended by an exception", {{"loop", name}, {"what", e.what()}});
    }
  }

  const std::string name;
  TimerHeap timers;  // outlives the context: jobs that die with it may cancel theirs
  asio::io_context context{1};
  asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
  asio::steady_timer timer{context};
  TimePoint armed_for = kNever;
  bool closing = false;
  std::thread thread;
  std::atomic<std::thread::id> owner{std::this_thread::get_id()};
};

IoLoop::IoLoop(std::string name) : state_(std::make_unique<State>(std::move(name))) {}

IoLoop::~IoLoop() {
  stop();
  join();
  state_->closing = true;
}

void IoLoop::start() {
  state_->thread = std::thread([state = state_.get()] {
    pthread_setname_np(pthread_self(), state->name.substr(0, 15).c_str());
    state->run();
  });
  state_->owner = state_->thread.get_id();
}

void IoLoop::run() { state_->run(); }

void IoLoop::stop() { state_->context.stop(); }

void IoLoop::join() {
  if (!state_->thread.joinable()) return;
  state_->thread.join();
  state_->owner = std::this_thread::get_id();
}

void IoLoop::post(async::Job job) {
  asio::post(state_->context, [moved = std::move(job)]() mutable { moved(); });
}

TimePoint IoLoop::now() const { return Clock::now(); }
WallTime IoLoop::wall() const { return read_clocks().wall; }

async::TimerId IoLoop::call_at(TimePoint when, async::Job job) {
  const auto id = state_->timers.add(when, std::move(job));
  state_->arm();
  return id;
}

void IoLoop::cancel(async::TimerId id) { state_->timers.cancel(id); }

bool IoLoop::on_owner_thread() const {
  return state_->owner.load(std::memory_order_relaxed) == std::this_thread::get_id();
}

std::size_t IoLoop::timers() const { return state_->timers.size(); }

boost::asio::io_context& IoLoop::context() { return state_->context; }

}  // namespace portico::net
