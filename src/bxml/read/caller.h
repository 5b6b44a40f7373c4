#pragma once
// What Forward and Transfer show to the party they call: number, display name, privacy, Diversion.

#include <string>
#include <string_view>

#include "bxml/read/attributes.h"

namespace portico::bxml {

// "Restricted", "Anonymous", "Private", "Unavailable".
bool is_withheld_word(std::string_view text);

// E.164, or a withheld word as the 2023 contract had it; settle_caller() makes privacy of the latter.
void read_caller_number(const Value& value, std::string& out);
void read_display_name(const Value& value, std::string& out);
void read_diversion_reason(const Value& value, std::string& out);

struct Caller {
  std::string& number;
  bool& privacy;
  std::string& display_name;
};
// The rules that need all three attributes.
void settle_caller(const Element& element, Reading& reading, std::string_view display_name_attribute,
                   Caller caller);

template <auto Member, typename Verb>
void caller_number(Verb& verb, const Value& value) {
  read_caller_number(value, verb.*Member);
}
template <auto Member, typename Verb>
void display_name(Verb& verb, const Value& value) {
  read_display_name(value, verb.*Member);
}

inline constexpr std::array<std::pair<std::string_view, DiversionTreatment>, 3> kDiversionTreatments{
    {{"none", DiversionTreatment::none},
     {"propagate", DiversionTreatment::propagate},
     {"stack", DiversionTreatment::stack}}};
template <auto Member, typename Verb>
void diversion_treatment(Verb& verb, const Value& value) {
  value.one_of(kDiversionTreatments, (verb.*Member).treatment);
}
template <auto Member, typename Verb>
void diversion_reason(Verb& verb, const Value& value) {
  read_diversion_reason(value, (verb.*Member).reason);
}

}  // namespace portico::bxml
