#pragma once
// The operator new of this program: counts, and fails when told to.

#include <cstddef>

namespace portico::scarce {

struct Use {
  std::size_t allocations = 0;
  std::size_t peak_bytes = 0;  // live at one time, above what was live at the start
  std::size_t left_bytes = 0;  // not given back
};

// From here on. `fail_at`: this allocation (1: the first; 0: none) throws std::bad_alloc, and so do those
// after it, `fails` in all.
void watch(std::size_t fail_at = 0, std::size_t fails = 1);
Use stop_watching();

}  // namespace portico::scarce
