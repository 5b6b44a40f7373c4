#pragma once
// What is known of a call, during it and for 7 days after: contract voice-api.md section 2.3 (callState).

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace portico::account {

enum class Direction : unsigned char { inbound, outbound };
std::string_view direction_name(Direction direction);
std::optional<Direction> parse_direction(std::string_view name);

struct CallRecord {
  std::string call_id;  // key
  std::string account_id;
  std::string application_id;
  std::optional<std::string> parent_call_id;  // the A leg, when this is a B leg
  std::string to;
  std::string from;
  Direction direction = Direction::inbound;
  std::string state = "initiated";  // queued, initiated, answered, disconnected
  std::map<std::string, std::string> stir_shaken;
  std::optional<std::string> identity;
  WallTime created{};  // listCalls sorts by it
  std::optional<WallTime> enqueued;
  std::optional<WallTime> started;
  std::optional<WallTime> answered;
  std::optional<WallTime> ended;
  std::optional<std::string> disconnect_cause;
  std::optional<std::string> error_message;
  std::optional<std::string> error_id;
  WallTime last_update{};
  std::optional<std::string> tag;  // of its events (webhooks.md 4.1); callState has none
  // Portico's own, for operators.
  std::string sip_call_id;       // empty when unknown
  std::string node;              // that took the call
  std::string media_encryption;  // "none", "srtp", "srtp-key-in-clear" (contract voice-applications.md 5.5)

  friend bool operator==(const CallRecord&, const CallRecord&) = default;
};

struct CallFilter {
  std::string account_id;
  std::optional<std::string> to;
  std::optional<std::string> from;
  std::optional<WallTime> started_from;   // inclusive
  std::optional<WallTime> started_until;  // inclusive
  std::optional<std::string> disconnect_cause;
};

}  // namespace portico::account
