#pragma once
// The voices and locales that a document may name, in the contract's order of priority (bxml.md,
// SpeakSentence).

#include <optional>
#include <span>
#include <string_view>

namespace portico::bxml {

enum class Gender : unsigned char { female, male };
std::string_view gender_name(Gender gender);  // "female", "male"

struct Voice {
  std::string_view name;    // "susan"; static storage
  std::string_view locale;  // "en_US"
  Gender gender = Gender::female;
};

std::span<const Voice> all_voices();

// nullptr: no such voice.
const Voice* find_voice(std::string_view name);

// The first voice of that locale and gender, else the first of that locale; nullptr: no such locale.
const Voice* choose_voice(std::string_view locale, Gender gender);

}  // namespace portico::bxml
