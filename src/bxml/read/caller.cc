#include "bxml/read/caller.h"

#include <algorithm>

namespace portico::bxml {
namespace {

constexpr std::array<std::string_view, 4> kWithheld{"Restricted", "Anonymous", "Private", "Unavailable"};
constexpr std::array<std::string_view, 11> kDiversionReasons{
    "unknown",        "user-busy",  "no-answer", "unavailable",    "unconditional", "time-of-day",
    "do-not-disturb", "deflection", "follow-me", "out-of-service", "away"};
constexpr std::size_t kDisplayNameCharactersMax = 256;

template <std::size_t N>
std::string listed(const std::array<std::string_view, N>& words) {
  std::string list;
  for (const std::string_view word : words) list += (list.empty() ? "" : ", ") + std::string(word);
  return list;
}

// C0, DEL and C1; the latter are C2 80 .. C2 9F in UTF-8.
bool has_control_character(std::string_view text) {
  unsigned char before = 0;
  return std::ranges::any_of(text, [&](char c) {
    const auto byte = static_cast<unsigned char>(c);
    const bool control = byte < 0x20 || byte == 0x7F || (before == 0xC2 && byte < 0xA0);
    before = byte;
    return control;
  });
}

}  // namespace

bool is_withheld_word(std::string_view text) { return std::ranges::find(kWithheld, text) != kWithheld.end(); }

void read_caller_number(const Value& value, std::string& out) {
  if (!is_withheld_word(value.text())) return value.phone_number(out);
  out = value.text();
  value.warn("is no longer a place for " + out + ", use privacy=\"true\"");
}

void read_display_name(const Value& value, std::string& out) {
  if (has_control_character(value.text())) return value.refuse_unquoted("must not hold control characters");
  value.bounded(0, kDisplayNameCharactersMax, out);
}

void read_diversion_reason(const Value& value, std::string& out) {
  if (std::ranges::find(kDiversionReasons, value.text()) == kDiversionReasons.end()) {
    return value.refuse("must be one of " + listed(kDiversionReasons));
  }
  out = value.text();
}

void settle_caller(const Element& element, Reading& reading, std::string_view display_name_attribute,
                   Caller caller) {
  if (is_withheld_word(caller.number)) {
    caller.privacy = true;
    caller.display_name = std::exchange(caller.number, "");
    return;
  }
  if (!caller.privacy || caller.display_name.empty() || is_withheld_word(caller.display_name)) return;
  reading.refuse(
      {element.find(display_name_attribute)->at, element.name,
       std::string(display_name_attribute) + " must, with privacy, be one of " + listed(kWithheld)});
}

}  // namespace portico::bxml
