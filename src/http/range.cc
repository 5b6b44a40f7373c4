#include "http/range.h"

#include <algorithm>
#include <charconv>

namespace portico::http {
namespace {

std::optional<std::uint64_t> parse_number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

RangeVerdict choose_suffix(std::uint64_t count, std::uint64_t size, ByteRange& range) {
  if (count == 0 || size == 0) return RangeVerdict::unsatisfiable;
  range.length = std::min(count, size);
  range.first = size - range.length;
  return RangeVerdict::partial;
}

}  // namespace

RangeVerdict choose_range(std::string_view header, std::uint64_t size, ByteRange& range) {
  range = {.first = 0, .length = size};
  static constexpr std::string_view kUnit = "bytes=";
  if (!header.starts_with(kUnit)) return RangeVerdict::whole;
  header.remove_prefix(kUnit.size());
  const auto dash = header.find('-');
  if (dash == std::string_view::npos || header.find(',') != std::string_view::npos)
    return RangeVerdict::whole;
  const auto last = parse_number(header.substr(dash + 1));
  if (dash == 0) return last ? choose_suffix(*last, size, range) : RangeVerdict::whole;
  const auto first = parse_number(header.substr(0, dash));
  const bool open_end = dash + 1 == header.size();
  if (!first || (!last && !open_end) || (last && *last < *first)) return RangeVerdict::whole;
  if (*first >= size) return RangeVerdict::unsatisfiable;
  range.first = *first;
  range.length = (last ? std::min(*last, size - 1) : size - 1) - *first + 1;
  return RangeVerdict::partial;
}

}  // namespace portico::http
