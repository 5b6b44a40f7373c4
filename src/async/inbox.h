#pragma once
// How anything reaches a coroutine: events are posted from any thread and received one by one on the owner's
// Loop. Only an Inbox crosses threads.

#include <coroutine>
#include <list>
#include <memory>
#include <optional>
#include <utility>

#include "async/loop.h"
#include "base/counters.h"
#include "base/limits.h"

namespace portico::async {

template <typename Event>
class Inbox {
  struct State;

 public:
  // `is_end` names the events that a full inbox still has places for (limits::kInboxEndsMax).
  using IsEnd = bool (*)(const Event&);
  explicit Inbox(
      Loop& loop, IsEnd is_end = [](const Event&) { return false; })
      : state_(std::make_shared<State>(loop, is_end)) {}
  ~Inbox() { state_->detach(); }
  Inbox(const Inbox&) = delete;
  Inbox& operator=(const Inbox&) = delete;

  // Where events for this inbox are sent to. Copyable, any thread; outlives the inbox harmlessly.
  class Sender {
   public:
    Sender() = default;
    // True when the event will reach the inbox unless it closes or overflows (limits::kInboxEventsMax)
    // before.
    bool post(Event event) const {
      const auto state = state_.lock();
      if (!state) return false;
      if (state->loop.on_owner_thread()) return state->arrive(std::move(event));
      state->loop.post([weak = state_, moved = std::move(event)]() mutable {
        if (const auto alive = weak.lock()) alive->arrive(std::move(moved));
      });
      return true;
    }
    explicit operator bool() const { return !state_.expired(); }

   private:
    friend class Inbox;
    explicit Sender(std::weak_ptr<State> state) : state_(std::move(state)) {}
    std::weak_ptr<State> state_;
  };
  Sender sender() { return Sender(state_); }

  // The next event, or nothing once `deadline` has passed. One receiver at a time.
  auto receive(TimePoint deadline = kNever) {
    struct Awaiter {
      State& state;
      TimePoint deadline;
      bool await_ready() const { return !state.events.empty(); }
      void await_suspend(std::coroutine_handle<> waiter) { state.wait(waiter, deadline); }
      std::optional<Event> await_resume() {
        if (state.events.empty()) return std::nullopt;
        std::optional<Event> event(std::move(state.events.front()));
        state.events.pop_front();
        return event;
      }
    };
    return Awaiter{*state_, deadline};
  }

  std::size_t size() const { return state_->events.size(); }
  std::uint64_t overflowed() const { return state_->overflowed; }

 private:
  struct State : std::enable_shared_from_this<State> {
    State(Loop& l, IsEnd e) : loop(l), is_end(e) {}

    bool arrive(Event event) {
      if (closed) return false;
      const auto places = limits::kInboxEventsMax + (is_end(event) ? limits::kInboxEndsMax : 0);
      if (events.size() >= places) {
        ++overflowed;
        count_overflow();
        return false;
      }
      events.push_back(std::move(event));
      if (waiter && !wake_posted) {
        // Not resumed from here: the poster may be in the middle of work that the receiver would upset. Where
        // there is no memory for a wake-up, the next event brings one.
        loop.post([weak = this->weak_from_this()] {
          if (const auto alive = weak.lock()) alive->wake();
        });
        wake_posted = true;
      }
      return true;
    }

    void wait(std::coroutine_handle<> handle, TimePoint deadline) {
      if (deadline != kNever) set_timer(deadline);
      waiter = handle;  // last: where the timer has no memory, nobody waits
    }

    void set_timer(TimePoint deadline) {
      timer = loop.call_at(deadline, [weak = this->weak_from_this()] {
        if (const auto alive = weak.lock()) {
          alive->timer = 0;
          // The wake-up of an event that came just before is on its way; a second one would end the next
          // wait.
          if (!alive->wake_posted) alive->wake();
        }
      });
    }

    void wake() {
      wake_posted = false;
      if (timer != 0) loop.cancel(std::exchange(timer, 0));
      if (waiter) std::exchange(waiter, {}).resume();
    }

    void detach() {
      closed = true;
      waiter = {};
      if (timer != 0) loop.cancel(std::exchange(timer, 0));
    }

    static void count_overflow() {
      static auto& overflows =
          counter("portico_inbox_overflows_total", "Events that found the inbox of their call full");
      overflows.add();
    }

    Loop& loop;
    const IsEnd is_end;
    std::list<Event> events;  // mostly empty: a call holds nothing for it then
    std::coroutine_handle<> waiter;
    TimerId timer = 0;
    bool wake_posted = false;
    bool closed = false;
    std::uint64_t overflowed = 0;
  };

  std::shared_ptr<State> state_;
};

}  // namespace portico::async
