#include "sip/transaction/deadlines.h"

#include <algorithm>

namespace portico::sip {

void Deadlines::set(std::uint64_t owner, TimePoint at, std::uint32_t& handle) {
  if (handle == kNone) {
    if (at == kNever) return;
    handle = new_handle();
    heap_.push_back({at, ++order_, owner, handle});
    position_[handle] = static_cast<std::uint32_t>(heap_.size() - 1);
    sift_up(heap_.size() - 1);
    return;
  }
  const std::size_t position = position_[handle];
  if (at == kNever) {
    free_.push_back(handle);
    handle = kNone;
    erase(position);
    return;
  }
  if (heap_[position].at == at) return;
  heap_[position].at = at;
  heap_[position].order = ++order_;
  sift_up(position);
  sift_down(position_[handle]);
}

std::optional<std::uint64_t> Deadlines::due(TimePoint now) const {
  if (heap_.empty() || heap_.front().at > now) return std::nullopt;
  return heap_.front().owner;
}

std::uint32_t Deadlines::new_handle() {
  if (!free_.empty()) {
    const auto handle = free_.back();
    free_.pop_back();
    return handle;
  }
  if (position_.size() == position_.capacity()) {
    position_.reserve(std::max<std::size_t>(16, 2 * position_.size()));
  }
  free_.reserve(position_.capacity());  // remove() must not need memory
  heap_.reserve(position_.capacity());
  position_.push_back(0);
  return static_cast<std::uint32_t>(position_.size() - 1);
}

void Deadlines::put(std::size_t position, const Entry& entry) {
  heap_[position] = entry;
  position_[entry.handle] = static_cast<std::uint32_t>(position);
}

void Deadlines::sift_up(std::size_t position) {
  const Entry entry = heap_[position];
  while (position > 0) {
    const std::size_t parent = (position - 1) / 2;
    if (!before(entry, heap_[parent])) break;
    put(position, heap_[parent]);
    position = parent;
  }
  put(position, entry);
}

void Deadlines::sift_down(std::size_t position) {
  const Entry entry = heap_[position];
  for (;;) {
    std::size_t child = 2 * position + 1;
    if (child >= heap_.size()) break;
    if (child + 1 < heap_.size() && before(heap_[child + 1], heap_[child])) ++child;
    if (!before(heap_[child], entry)) break;
    put(position, heap_[child]);
    position = child;
  }
  put(position, entry);
}

void Deadlines::erase(std::size_t position) {
  const Entry last = heap_.back();
  heap_.pop_back();
  if (position == heap_.size()) return;
  put(position, last);
  sift_up(position);
  sift_down(position_[last.handle]);
}

}  // namespace portico::sip
