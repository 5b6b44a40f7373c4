#include "account/fault_list.h"

#include <algorithm>

#include "base/limits.h"

namespace portico::account {

void FaultList::add(std::string_view field, std::string description) {
  if (faults_.size() < limits::kFaultsMax)
    faults_.push_back(Fault{std::string(field), std::move(description)});
}

void FaultList::add_wrong_type(std::string_view field, std::string_view kind) {
  add(field, std::string(field) + " must be " + std::string(kind));
}

bool FaultList::names(std::string_view field) const {
  return std::any_of(faults_.begin(), faults_.end(),
                     [&](const Fault& fault) { return fault.field == field; });
}

std::string quoted(std::string_view text) {
  constexpr std::size_t kShownMax = 64;
  std::string out = "'";
  for (char c : text.substr(0, kShownMax)) {
    const bool plain = static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x7f;
    out += plain ? c : '?';
  }
  return out + (text.size() > kShownMax ? "…'" : "'");
}

bool has_control_characters(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto octet = static_cast<unsigned char>(c);
    return octet < 0x20 || octet == 0x7f;
  });
}

}  // namespace portico::account
