#include "bxml/xml/element.h"

#include <algorithm>

#include "base/utf8.h"

namespace portico::bxml {

const Attribute* Element::find(std::string_view attribute_name) const {
  const auto found = std::ranges::find(attributes, attribute_name, &Attribute::name);
  return found == attributes.end() ? nullptr : &*found;
}

std::string_view shown_name(std::string_view name) {
  constexpr std::size_t kCharactersMax = 64;
  return first_characters(name, kCharactersMax);
}

bool is_blank(std::string_view text) { return text.find_first_not_of(kWhiteSpace) == std::string_view::npos; }

std::string_view trim(std::string_view text) {
  const auto begin = text.find_first_not_of(kWhiteSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kWhiteSpace) - begin + 1);
}

}  // namespace portico::bxml
