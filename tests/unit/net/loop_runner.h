#pragma once
// For tests: runs code on a started loop and waits for it, and waits for things to become true there.

#include <gtest/gtest.h>

#include <functional>
#include <future>
#include <optional>

#include "net/io_loop.h"

namespace portico::net {

// Runs `work` on the loop's thread; returns after it.
inline void on_loop(IoLoop& loop, std::function<void()> work) {
  std::promise<void> done;
  loop.post([&] {
    work();
    done.set_value();
  });
  done.get_future().wait();
}

// A value that a loop's thread hands to the test's.
template <typename T>
class Awaited {
 public:
  void set(T value) { promise_.set_value(std::move(value)); }
  // Fails the test rather than hang when nothing comes.
  std::optional<T> get() {
    if (future_.wait_for(20s) != std::future_status::ready) {
      ADD_FAILURE() << "nothing came";
      return std::nullopt;
    }
    return future_.get();
  }

 private:
  std::promise<T> promise_;
  std::future<T> future_ = promise_.get_future();
};

// Something about things of a loop's thread that a test waits for. look() is called there whenever they
// change.
class Condition {
 public:
  explicit Condition(IoLoop& loop) : loop_(loop) {}

  void look() {
    if (!holds_ || !holds_()) return;
    holds_ = nullptr;
    met_->set(true);
  }
  // Blocks the test until `holds` is true on the loop.
  void wait_for(std::function<bool()> holds) {
    Awaited<bool> reached;
    on_loop(loop_, [&] {
      met_ = &reached;
      holds_ = std::move(holds);
      look();
    });
    if (!reached.get()) on_loop(loop_, [&] { holds_ = nullptr; });
  }

 private:
  IoLoop& loop_;
  std::function<bool()> holds_;
  Awaited<bool>* met_ = nullptr;
};

}  // namespace portico::net
