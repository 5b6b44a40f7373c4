#pragma once
// Objects by number. A number is never used twice, so one that is out of date finds nothing; an object's
// memory goes back when it is removed. Not thread-safe.

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace portico::sip {

template <typename T>
class Slab {
 public:
  // Constructs in place; the number is not 0.
  template <typename... Args>
  std::pair<std::uint64_t, T*> emplace(Args&&... args) {
    auto object = std::make_unique<T>(std::forward<Args>(args)...);
    std::uint32_t index = 0;
    if (free_.empty()) {
      if (slots_.size() == slots_.capacity()) slots_.reserve(std::max<std::size_t>(16, 2 * slots_.size()));
      free_.reserve(slots_.capacity());  // erase() must not need memory
      index = static_cast<std::uint32_t>(slots_.size());
      slots_.emplace_back();
    } else {
      index = free_.back();
      free_.pop_back();
    }
    Slot& slot = slots_[index];
    slot.object = std::move(object);
    ++size_;
    return {(std::uint64_t{slot.generation} << 32U) | index, slot.object.get()};
  }
  T* find(std::uint64_t number) {
    const auto index = static_cast<std::uint32_t>(number);
    if (index >= slots_.size() || slots_[index].generation != number >> 32U) return nullptr;
    return slots_[index].object.get();
  }
  const T* find(std::uint64_t number) const { return const_cast<Slab*>(this)->find(number); }
  void erase(std::uint64_t number) {
    if (find(number) == nullptr) return;
    const auto index = static_cast<std::uint32_t>(number);
    slots_[index].object.reset();
    --size_;
    // A slot whose generations are used up (after 4 billion objects) is retired.
    if (++slots_[index].generation != 0) free_.push_back(index);
  }
  std::size_t size() const { return size_; }

 private:
  struct Slot {
    std::uint32_t generation = 1;
    std::unique_ptr<T> object;
  };
  std::vector<Slot> slots_;
  std::vector<std::uint32_t> free_;
  std::size_t size_ = 0;
};

}  // namespace portico::sip
