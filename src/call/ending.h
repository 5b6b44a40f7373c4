#pragma once
// Why a call ended, in the contract's words (webhooks.md `disconnect`).

#include <string>
#include <string_view>

namespace portico::call {

enum class Cause : unsigned char {
  hangup,
  busy,
  timeout,
  cancel,
  rejected,
  callback_error,
  invalid_bxml,
  application_error,
  account_limit,
  node_capacity_exceeded,
  error,
  unknown,
};
std::string_view cause_name(Cause cause);

// The final answer to an INVITE that ends with `cause` before it was answered (voice-applications.md 5.4).
int refusal_status(Cause cause);

struct Ending {
  Cause cause = Cause::hangup;
  bool leg_gone = false;  // nothing is to be said to the peer any more
  std::string message;    // errorMessage; empty for normal ends
  // Who ended it, for the log: "document", "peer", "api", "shutdown", or "fault".
  std::string_view by = "document";
};

}  // namespace portico::call
