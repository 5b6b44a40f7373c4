#include "api/voice/query.h"

#include <charconv>

namespace portico::api {

void VoiceQuery::note(std::string what) {
  if (!wrong_) wrong_ = std::move(what);
}

std::optional<std::string> VoiceQuery::text(std::string_view name) const {
  const auto value = request_.query_value(name);
  if (!value || value->empty()) return std::nullopt;
  return std::string(*value);
}

std::optional<WallTime> VoiceQuery::time(std::string_view name) {
  const auto value = text(name);
  if (!value) return std::nullopt;
  const auto time = parse_iso8601(*value);
  if (time) return *time;
  note("Invalid " + std::string(name) + ": must be an ISO 8601 time such as 2026-08-01T09:00:00.000Z");
  return std::nullopt;
}

std::size_t VoiceQuery::number(std::string_view name, std::size_t low, std::size_t high,
                               std::size_t fallback) {
  const auto value = text(name);
  if (!value) return fallback;
  std::size_t number = 0;
  const char* end = value->data() + value->size();
  const auto [rest, error] = std::from_chars(value->data(), end, number);
  if (error == std::errc() && rest == end && number >= low && number <= high) return number;
  note(std::string(name) + " must be within the range [" + std::to_string(low) + ", " + std::to_string(high) +
       "], but was " + value->substr(0, 32));
  return fallback;
}

}  // namespace portico::api
