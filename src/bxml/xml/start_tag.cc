#include "bxml/xml/start_tag.h"

#include "bxml/xml/element.h"

namespace portico::bxml {

std::vector<std::size_t> attribute_offsets(std::string_view text, std::size_t tag) {
  std::vector<std::size_t> offsets;
  std::size_t at = text.find_first_of(" \t\r\n/>", tag);
  for (;;) {
    at = text.find_first_not_of(kWhiteSpace, at);
    if (at == std::string_view::npos || text[at] == '/' || text[at] == '>') return offsets;
    const std::size_t opening = text.find_first_of("\"'", at);
    if (opening == std::string_view::npos) return offsets;
    const std::size_t closing = text.find(text[opening], opening + 1);
    if (closing == std::string_view::npos) return offsets;
    offsets.push_back(at);
    at = closing + 1;
  }
}

}  // namespace portico::bxml
