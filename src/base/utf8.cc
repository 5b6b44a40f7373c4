#include "base/utf8.h"

#include <algorithm>
#include <cstdint>

namespace portico {
namespace {

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

// What a lead byte promises: how many bytes, and the bounds of the second one (RFC 3629 section 4).
struct Lead {
  std::size_t bytes;
  std::uint8_t second_min;
  std::uint8_t second_max;
};

Lead lead_of(std::uint8_t byte) {
  if (byte < 0x80) return {1, 0, 0};
  if (byte >= 0xC2 && byte <= 0xDF) return {2, 0x80, 0xBF};
  if (byte == 0xE0) return {3, 0xA0, 0xBF};
  if (byte == 0xED) return {3, 0x80, 0x9F};
  if (byte >= 0xE1 && byte <= 0xEF) return {3, 0x80, 0xBF};
  if (byte == 0xF0) return {4, 0x90, 0xBF};
  if (byte >= 0xF1 && byte <= 0xF3) return {4, 0x80, 0xBF};
  if (byte == 0xF4) return {4, 0x80, 0x8F};
  return {0, 0, 0};
}

bool well_formed(std::string_view character, Lead lead) {
  if (character.size() != lead.bytes || lead.bytes == 0) return false;
  if (lead.bytes == 1) return true;
  const auto second = static_cast<std::uint8_t>(character[1]);
  return second >= lead.second_min && second <= lead.second_max &&
         std::all_of(character.begin() + 2, character.end(), continues);
}

}  // namespace

std::size_t first_bad_utf8(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const Lead lead = lead_of(static_cast<std::uint8_t>(text[at]));
    if (!well_formed(text.substr(at, lead.bytes), lead)) return at;
    at += lead.bytes;
  }
  return at;
}

std::string mend_utf8(std::string_view text) {
  static constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
  std::string out;
  while (true) {
    const auto bad = first_bad_utf8(text);
    out += text.substr(0, bad);
    if (bad == text.size()) return out;
    out += kReplacement;
    text.remove_prefix(bad + 1);
  }
}

std::size_t count_characters(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(text, [](char c) { return !continues(c); }));
}

std::string_view first_characters(std::string_view text, std::size_t characters) {
  std::size_t at = 0;
  for (; at < text.size(); ++at) {
    if (!continues(text[at]) && characters-- == 0) break;
  }
  return text.substr(0, at);
}

std::string_view first_bytes(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && continues(text[bytes])) --bytes;
  return text.substr(0, bytes);
}

}  // namespace portico
