#include "call/ending.h"

namespace portico::call {

std::string_view cause_name(Cause cause) {
  switch (cause) {
    case Cause::hangup:
      return "hangup";
    case Cause::busy:
      return "busy";
    case Cause::timeout:
      return "timeout";
    case Cause::cancel:
      return "cancel";
    case Cause::rejected:
      return "rejected";
    case Cause::callback_error:
      return "callback-error";
    case Cause::invalid_bxml:
      return "invalid-bxml";
    case Cause::application_error:
      return "application-error";
    case Cause::account_limit:
      return "account-limit";
    case Cause::node_capacity_exceeded:
      return "node-capacity-exceeded";
    case Cause::error:
      return "error";
    case Cause::unknown:
      return "unknown";
  }
  return "unknown";
}

int refusal_status(Cause cause) {
  switch (cause) {
    case Cause::hangup:
      return 603;
    case Cause::cancel:
      return 487;
    case Cause::account_limit:
    case Cause::node_capacity_exceeded:
      return 503;
    default:
      return 500;
  }
}

}  // namespace portico::call
