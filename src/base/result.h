#pragma once
// Errors as values. A function that can fail on an expected path returns Result<T>; the caller must look at
// it.

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>

namespace portico {

// What kind of failure, in words that http/status.h turns into an HTTP status, and whoever answers SIP into
// one of SIP.
enum class Code : unsigned char {
  invalid,       // the input is wrong; `what` says where
  not_found,     // no such thing, or not visible to the asker
  not_allowed,   // understood and refused
  unauthorized,  // no proof, or a wrong one
  conflict,      // right in itself, wrong in the present state
  too_large,     // over a limit of base/limits.h
  busy,          // a bounded resource is used up for the moment
  unsupported,   // valid, but not something we do
  timeout,       // the other side did not answer in time
  unavailable,   // the other side could not be reached
  cancelled,     // somebody asked to stop
  internal,      // our fault
};

struct Error {
  Code code = Code::internal;
  std::string what;  // one sentence for the person who can mend it; never holds a secret

  friend bool operator==(const Error&, const Error&) = default;
};

template <typename T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using tl::expected<T, Error>::expected;
};

template <>
class [[nodiscard]] Result<void> : public tl::expected<void, Error> {
 public:
  using tl::expected<void, Error>::expected;
};

using Unexpected = tl::unexpected<Error>;

inline Unexpected fail(Code code, std::string what) { return Unexpected(Error{code, std::move(what)}); }
inline Unexpected fail(Error error) { return Unexpected(std::move(error)); }

std::string_view code_name(Code code);

}  // namespace portico
