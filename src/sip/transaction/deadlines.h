#pragma once
// Who wants to be woken when: a binary heap in which each owner has at most one entry and finds it again, so
// that nothing stays behind for those who are gone. Equal deadlines wake in the order they were set. Not
// thread-safe.

#include <cstdint>
#include <optional>
#include <vector>

#include "base/time.h"

namespace portico::sip {

class Deadlines {
 public:
  static constexpr std::uint32_t kNone = 0xffffffff;

  // Sets, moves or (with kNever) removes the deadline of `owner`, whose entry is at `handle` (kNone at
  // first).
  void set(std::uint64_t owner, TimePoint at, std::uint32_t& handle);
  void remove(std::uint32_t& handle) { set(0, kNever, handle); }

  TimePoint next() const { return heap_.empty() ? kNever : heap_.front().at; }
  // The owner of the earliest deadline if that is due; its entry stays until set() moves it.
  std::optional<std::uint64_t> due(TimePoint now) const;
  std::size_t size() const { return heap_.size(); }

 private:
  struct Entry {
    TimePoint at;
    std::uint64_t order;
    std::uint64_t owner;
    std::uint32_t handle;
  };
  static bool before(const Entry& a, const Entry& b) {
    return a.at != b.at ? a.at < b.at : a.order < b.order;
  }
  std::uint32_t new_handle();
  void put(std::size_t position, const Entry& entry);
  void sift_up(std::size_t position);
  void sift_down(std::size_t position);
  void erase(std::size_t position);

  std::vector<Entry> heap_;
  std::vector<std::uint32_t> position_;  // by handle
  std::vector<std::uint32_t> free_;
  std::uint64_t order_ = 0;
};

}  // namespace portico::sip
