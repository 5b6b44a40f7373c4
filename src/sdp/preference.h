#pragma once
// Order of preference.

#include <algorithm>
#include <vector>

namespace portico::sdp {

// The first one that `wanted` takes moves to the front; the others keep their order.
template <typename T, typename Wanted>
void prefer(std::vector<T>& list, Wanted wanted) {
  const auto found = std::find_if(list.begin(), list.end(), wanted);
  if (found != list.end()) std::rotate(list.begin(), found, found + 1);
}

}  // namespace portico::sdp
