#include "scarce_memory/memory.h"

#include <malloc.h>

#include <algorithm>
#include <cstdlib>
#include <new>

namespace {

struct State {
  bool on = false;
  std::size_t fail_at = 0;
  std::size_t fails = 1;
  std::size_t allocations = 0;
  std::ptrdiff_t live = 0;
  std::ptrdiff_t peak = 0;
};
State state;  // one thread

}  // namespace

void* operator new(std::size_t size) {
  if (state.on && ++state.allocations >= state.fail_at && state.fail_at != 0 &&
      state.allocations - state.fail_at < state.fails) {
    throw std::bad_alloc();
  }
  void* const memory = std::malloc(size);
  if (memory == nullptr) throw std::bad_alloc();
  if (state.on) {
    state.live += static_cast<std::ptrdiff_t>(malloc_usable_size(memory));
    state.peak = std::max(state.peak, state.live);
  }
  return memory;
}
void operator delete(void* memory) noexcept {
  if (state.on && memory != nullptr) state.live -= static_cast<std::ptrdiff_t>(malloc_usable_size(memory));
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept { operator delete(memory); }

namespace portico::scarce {

void watch(std::size_t fail_at, std::size_t fails) {
  state = {.on = true, .fail_at = fail_at, .fails = fails};
}
Use stop_watching() {
  state.on = false;
  return {.allocations = state.allocations,
          .peak_bytes = static_cast<std::size_t>(std::max<std::ptrdiff_t>(state.peak, 0)),
          .left_bytes = static_cast<std::size_t>(std::max<std::ptrdiff_t>(state.live, 0))};
}

}  // namespace portico::scarce
