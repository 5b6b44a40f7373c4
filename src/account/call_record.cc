#include "account/call_record.h"

namespace portico::account {

std::string_view direction_name(Direction direction) {
  return direction == Direction::inbound ? "inbound" : "outbound";
}

std::optional<Direction> parse_direction(std::string_view name) {
  if (name == "inbound") return Direction::inbound;
  if (name == "outbound") return Direction::outbound;
  return std::nullopt;
}

}  // namespace portico::account
