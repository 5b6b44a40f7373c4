#include "async/scope.h"

#include "base/log.h"

namespace portico::async {

struct Scope::State {
  explicit State(Loop& l) : loop(l) {}

  // A coroutine that owns itself: it runs one Task and tells the Scope about its end.
  struct Runner {
    struct promise_type {
      Runner get_return_object() { return {std::coroutine_handle<promise_type>::from_promise(*this)}; }
      std::suspend_always initial_suspend() noexcept { return {}; }
      std::suspend_always final_suspend() noexcept { return {}; }
      void return_void() {}
      void unhandled_exception() { std::terminate(); }
    };
    std::coroutine_handle<promise_type> handle;
  };

  static Runner run(std::shared_ptr<State> state, std::uint64_t id, Task<void> task) {
    try {
      co_await std::move(task);
    } catch (const std::exception& e) {
      log::error("a task ended by an exception", {{"what", e.what()}});
    }
    // The frame cannot free itself while it runs: the loop does it next.
    try {
      state->loop.post([weak = std::weak_ptr<State>(state), id] {
        if (const auto alive = weak.lock()) alive->ended(id);
      });
    } catch (const std::bad_alloc&) {
      state->some_left = true;
    }
  }

  void ended(std::uint64_t id) {
    const auto it = running.find(id);
    if (it == running.end()) return;
    const auto handle = it->second;
    running.erase(it);
    handle.destroy();
    free_left();
    tell_if_empty();
  }

  // Those whose end there was no memory to tell the loop of.
  void free_left() {
    if (!std::exchange(some_left, false)) return;
    for (auto it = running.begin(); it != running.end();) {
      const auto handle = it->second;
      it = handle.done() ? running.erase(it) : std::next(it);
      if (handle.done()) handle.destroy();
    }
    tell_if_empty();
  }

  void tell_if_empty() {
    if (closed && running.empty() && told) std::exchange(told, nullptr)();
  }

  Loop& loop;
  std::unordered_map<std::uint64_t, std::coroutine_handle<>> running;
  std::uint64_t next_id = 1;
  bool closed = false;
  bool some_left = false;
  std::function<void()> told;
};

Scope::Scope(Loop& loop) : state_(std::make_shared<State>(loop)) {}

Scope::~Scope() {
  state_->closed = true;
  // Frames hold the state; taking the map out first ends the cycle.
  const auto running = std::move(state_->running);
  state_->running.clear();
  for (const auto& [id, handle] : running) handle.destroy();
}

bool Scope::start(Task<void> task) {
  if (state_->closed) return false;
  state_->free_left();
  const auto id = state_->next_id++;
  const auto runner = State::run(state_, id, std::move(task));
  try {
    state_->running.emplace(id, runner.handle);
  } catch (...) {
    runner.handle.destroy();
    throw;
  }
  runner.handle.resume();
  return true;
}

std::size_t Scope::size() const {
  state_->free_left();
  return state_->running.size();
}
void Scope::close() {
  state_->closed = true;
  state_->free_left();
  state_->tell_if_empty();
}

void Scope::on_empty(std::function<void()> told) {
  state_->told = std::move(told);
  state_->tell_if_empty();
}

}  // namespace portico::async
