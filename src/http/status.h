#pragma once
// The one table that turns our errors into HTTP status codes.

#include <string_view>

#include "base/result.h"

namespace portico::http {

constexpr int http_status(Code code) {
  switch (code) {
    case Code::invalid:
      return 400;
    case Code::not_found:
      return 404;
    case Code::not_allowed:
      return 403;
    case Code::unauthorized:
      return 401;
    case Code::conflict:
      return 409;
    case Code::too_large:
      return 413;
    case Code::unsupported:
      return 422;
    case Code::timeout:
      return 504;
    case Code::busy:
    case Code::unavailable:
    case Code::cancelled:
      return 503;
    case Code::internal:
      return 500;
  }
  return 500;
}
static_assert(http_status(Code::not_allowed) == 403);

// The word for an error in the Voice API (contract voice-api.md section 1).
std::string_view error_type(int status);
std::string_view reason_phrase(int status);  // "Not Found"; "Unknown" for a code that we never send

}  // namespace portico::http
