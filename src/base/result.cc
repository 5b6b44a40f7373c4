#include "base/result.h"

namespace portico {

std::string_view code_name(Code code) {
  switch (code) {
    case Code::invalid:
      return "invalid";
    case Code::not_found:
      return "not-found";
    case Code::not_allowed:
      return "not-allowed";
    case Code::unauthorized:
      return "unauthorized";
    case Code::conflict:
      return "conflict";
    case Code::too_large:
      return "too-large";
    case Code::busy:
      return "busy";
    case Code::unsupported:
      return "unsupported";
    case Code::timeout:
      return "timeout";
    case Code::unavailable:
      return "unavailable";
    case Code::cancelled:
      return "cancelled";
    case Code::internal:
      return "internal";
  }
  return "internal";
}

}  // namespace portico
