#pragma once
// A shared_ptr that one thread replaces while others take copies of it. The lock is held for the copy of a
// pointer only, so a reader never waits for a writer's work. (std::atomic<std::shared_ptr> of libstdc++ 12
// does the same, but releases its lock in a way that thread sanitizer rightly rejects.)

#include <atomic>
#include <memory>
#include <utility>

namespace portico::medianode {

template <typename T>
class SharedSlot {
 public:
  std::shared_ptr<const T> load() const {
    lock();
    auto copy = value_;
    unlock();
    return copy;
  }

  void store(std::shared_ptr<const T> value) {
    lock();
    value_.swap(value);
    unlock();
  }  // the former value is destroyed outside of the lock

 private:
  void lock() const {
    while (busy_.test_and_set(std::memory_order_acquire)) {
      while (busy_.test(std::memory_order_relaxed)) {
      }
    }
  }
  void unlock() const { busy_.clear(std::memory_order_release); }

  mutable std::atomic_flag busy_;
  std::shared_ptr<const T> value_;
};

}  // namespace portico::medianode
