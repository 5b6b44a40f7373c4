#pragma once
// For work whose end must be told whatever happens: what it throws, for want of memory say, becomes an Error.

#include <exception>
#include <string_view>
#include <utility>

#include "base/log.h"
#include "base/result.h"

namespace portico {

// Says nothing where there is no memory for it.
inline void log_exception(std::string_view sentence, const std::exception& e) noexcept {
  try {
    log::error(sentence, {{"what", e.what()}});
  } catch (const std::exception&) {
    return;
  }
}

// `work` returns a Result. Errors: its own, and internal when it throws.
template <typename Work>
auto attempt(Work&& work) -> decltype(work()) {
  try {
    return std::forward<Work>(work)();
  } catch (const std::exception& e) {
    log_exception("work ended by an exception", e);
    return fail(Code::internal, "internal error");  // so short that it takes no memory
  }
}

}  // namespace portico
