#pragma once
// For work whose end must be told whatever happens: what it throws, for want of memory say, becomes an Error.

#include <exception>
#include <utility>

#include "base/log.h"
#include "base/result.h"

namespace portico {

// `work` returns a Result. Errors: its own, and internal when it throws.
template <typename Work>
auto attempt(Work&& work) -> decltype(work()) {
  try {
    return std::forward<Work>(work)();
  } catch (const std::exception& e) {
    log::error("work ended by an exception", {{"what", e.what()}});
    return fail(Code::internal, "an internal error");
  }
}

}  // namespace portico
