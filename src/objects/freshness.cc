#include "objects/freshness.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <ctime>
#include <optional>
#include <string>

namespace portico::objects {
namespace {

using std::chrono::seconds;
constexpr seconds kMax{86'400};

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::optional<seconds> parse_seconds(std::string_view text) {
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc::result_out_of_range) return kMax;  // RFC 7234 section 1.2.1
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return seconds(std::min<std::uint64_t>(value, 1U << 31U));
}

// IMF-fixdate, the one form that may be sent (RFC 7231 section 7.1.1.1).
std::optional<WallTime> parse_date(std::string_view text) {
  const std::string owned(text);
  std::tm utc{};
  const auto* end = ::strptime(owned.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &utc);
  if (end == nullptr || *end != '\0') return std::nullopt;
  return WallTime(seconds(::timegm(&utc)));
}

struct CacheControl {
  bool forbidden = false;
  bool has_max_age = false;
  seconds max_age{0};
};

void take_directive(std::string_view directive, CacheControl& out) {
  const auto equals = std::min(directive.find('='), directive.size());
  const auto name = trim(directive.substr(0, equals));
  for (const std::string_view no : {"no-store", "no-cache", "private"}) {
    if (http::equal_names(name, no)) out.forbidden = true;
  }
  if (!http::equal_names(name, "max-age") || out.has_max_age) return;
  out.has_max_age = true;
  // A value that makes no sense counts as stale.
  const auto value = equals < directive.size() ? trim(directive.substr(equals + 1)) : std::string_view();
  out.max_age = parse_seconds(value).value_or(seconds(0));
}

CacheControl parse_cache_control(const http::Headers& headers) {
  CacheControl control;
  for (const auto& [name, value] : headers) {
    if (!http::equal_names(name, "Cache-Control")) continue;
    for (std::string_view left = value; !left.empty();) {
      const auto comma = std::min(left.find(','), left.size());
      take_directive(left.substr(0, comma), control);
      left.remove_prefix(std::min(comma + 1, left.size()));
    }
  }
  return control;
}

}  // namespace

seconds fresh_for(const http::Headers& headers, WallTime now) {
  const auto control = parse_cache_control(headers);
  if (control.forbidden || headers.get("Vary").find('*') != std::string_view::npos) return seconds(0);
  const auto age = parse_seconds(trim(headers.get("Age"))).value_or(seconds(0));
  auto lifetime = seconds(0);
  if (control.has_max_age) {
    lifetime = control.max_age;
  } else if (const auto expires = parse_date(trim(headers.get("Expires")))) {
    const auto date = parse_date(trim(headers.get("Date"))).value_or(now);
    lifetime = std::chrono::duration_cast<seconds>(*expires - date);
  }
  return std::clamp(lifetime - age, seconds(0), kMax);
}

}  // namespace portico::objects
