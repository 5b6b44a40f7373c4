#pragma once
// Who may call: the decision procedure of contract voice-applications.md 5.2 as one pure function. First
// match wins. Does not allocate; cannot fail.

#include <cstdint>
#include <string>
#include <string_view>

#include "admission/facts.h"

namespace portico::admission {

// Numbered as in the contract's table.
enum class Step : std::uint8_t {
  request = 1,
  source_rate = 2,
  scheme = 3,
  host = 4,
  application = 5,
  region = 6,
  source = 7,
  challenge = 8,
  stale = 9,
  malformed_credentials = 10,
  wrong_credentials = 11,
  media = 12,
  account_limit = 13,
  capacity = 14,
  admitted = 15,
};

enum class Reason : std::uint8_t {
  bad_request,  // step 1
  message_too_large,
  uri_too_long,
  bad_version,
  too_many_hops,
  loop_detected,
  bad_extension,
  source_rate,          // 2
  unsupported_scheme,   // 3
  foreign_host,         // 4
  unknown_application,  // 5, disabled ones too
  region_not_allowed,   // 6
  source_not_allowed,   // 7
  tls_required,
  challenge,    // 8
  stale_nonce,  // 9
  replayed_nonce,
  malformed_credentials,  // 10
  wrong_password,         // 11
  auth_lockout,
  unsupported_body,  // 12
  answer_unwanted,
  bad_sdp,
  no_common_codec,
  srtp_required,
  session_interval,
  concurrent_calls,  // 13
  calls_per_second,
  node_full,  // 14
  node_draining,
  admitted,  // 15
};
inline constexpr std::size_t kReasons = 31;
// Stable code for logs, metrics and the admission log: "unknown-application", "stale-nonce", …
std::string_view reason_code(Reason reason);

struct Decision {
  Step step = Step::admitted;
  Reason reason = Reason::admitted;
  std::uint16_t status = 100;  // SIP status; 0: drop without a word
  std::string_view phrase;     // of the status line; tells a stranger nothing more than the status. Static.
  bool challenge = false;      // put Proxy-Authenticate headers with a fresh nonce
  bool stale = false;          // with stale=true
  bool counts_as_failure = false;        // tell AuthFailures
  bool makes_record = false;             // from step 13 on: call record, and `disconnect` when refused
  std::uint8_t retry_after_seconds = 0;  // 0: no Retry-After
  std::string_view cause;  // disconnect cause of the call record; empty unless refused with one. Static.

  bool admitted() const { return reason == Reason::admitted; }
  bool dropped() const { return status == 0; }
};

Decision decide(const Facts& facts);

// Of an INVITE for an application that is there: the call may not be without TLS.
bool demands_tls(const Facts& facts);

// For the owner of the application, never for the wire. Allocates.
std::string explanation(const Decision& decision, const Facts& facts);

}  // namespace portico::admission
