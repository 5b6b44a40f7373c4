#pragma once
// Small words of SDP's grammar: fields between spaces, numbers, names without case.

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

namespace portico::sdp {

inline std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

// Takes the text up to the next `separator` off `rest`; empty at the end.
inline std::string_view take_until(std::string_view& rest, char separator) {
  const auto at = rest.find(separator);
  const auto field = rest.substr(0, at);
  rest = at == std::string_view::npos ? std::string_view{} : rest.substr(at + 1);
  return field;
}

// The same for fields between one or more spaces.
inline std::string_view take_field(std::string_view& rest) {
  rest = trimmed(rest);
  return take_until(rest, ' ');
}

// All of `text` as a decimal number that fits.
template <typename Number>
std::optional<Number> to_number(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

inline bool same_name(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

}  // namespace portico::sdp
