#pragma once
// Character classes of RFC 3261 section 25.1, one table look-up each, and the small scans built on them.

#include <array>
#include <cstdint>
#include <string_view>

namespace portico::sip {

inline constexpr std::uint8_t kToken = 1;
inline constexpr std::uint8_t kDigit = 2;
inline constexpr std::uint8_t kHex = 4;
inline constexpr std::uint8_t kUserChar = 8;        // unreserved, user-unreserved
inline constexpr std::uint8_t kParamChar = 16;      // unreserved, param-unreserved
inline constexpr std::uint8_t kUriHeaderChar = 32;  // unreserved, hnv-unreserved
inline constexpr std::uint8_t kHostChar = 64;       // letters, digits, '-', '.', and '_' as many do

inline constexpr auto kClasses = [] {
  std::array<std::uint8_t, 256> table{};
  const auto mark = [&table](std::string_view chars, unsigned bits) {
    for (const char c : chars) {
      auto& entry = table[static_cast<unsigned char>(c)];
      entry = static_cast<std::uint8_t>(entry | bits);
    }
  };
  constexpr unsigned kUri = kUserChar | kParamChar | kUriHeaderChar;
  mark("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", kToken | kUri | kHostChar);
  mark("0123456789", kDigit);
  mark("0123456789ABCDEFabcdef", kHex);
  mark("-_.!~*'()", kUri);
  mark("-.!%*_+`'~", kToken);
  mark("&=+$,;?/", kUserChar);
  mark("[]/:&+$", kParamChar);
  mark("[]/?:+$", kUriHeaderChar);
  mark("-._", kHostChar);
  return table;
}();

constexpr bool is_class(char c, std::uint8_t bits) {
  return (kClasses[static_cast<unsigned char>(c)] & bits) != 0;
}
constexpr bool is_blank(char c) { return c == ' ' || c == '\t'; }
constexpr char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }
constexpr int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char l = to_lower(c);
  return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

// Not empty, and of nothing else than this class.
constexpr bool is_all(std::string_view text, std::uint8_t bits) {
  for (const char c : text) {
    if (!is_class(c, bits)) return false;
  }
  return !text.empty();
}
constexpr bool is_token(std::string_view text) { return is_all(text, kToken); }

constexpr bool equal_nocase(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (to_lower(a[i]) != to_lower(b[i])) return false;
  }
  return true;
}
constexpr bool starts_nocase(std::string_view text, std::string_view prefix) {
  return equal_nocase(text.substr(0, prefix.size()), prefix);
}

constexpr std::string_view trim_left(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  return text;
}
constexpr std::string_view trim(std::string_view text) {
  text = trim_left(text);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

// `text` starts with '"': the length of the quoted string with both quotes; 0 when it never ends.
constexpr std::size_t quoted_length(std::string_view text) {
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      return i + 1;
    }
  }
  return 0;
}

// Digits only, no more than `max`; any number of leading zeros. False: not such a number.
template <typename Number>
constexpr bool to_number(std::string_view text, Number& out, std::uint64_t max) {
  if (text.empty()) return false;
  std::uint64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return false;
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
    if (value > max) return false;
  }
  out = static_cast<Number>(value);
  return true;
}

}  // namespace portico::sip
