#include "bxml/xml/syntax_fault.h"

#include <expat.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>

#include "base/utf8.h"
#include "bxml/xml/element.h"

namespace portico::bxml {
namespace {

constexpr std::array<std::string_view, 5> kPredefined{"amp", "lt", "gt", "quot", "apos"};

bool is_name_character(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return std::isalnum(byte) != 0 || byte >= 0x80 || c == '_' || c == '-' || c == '.' || c == ':' || c == '#';
}

// Expat points behind the name that follows a bare '&'; the author looks for the '&' itself.
std::optional<std::size_t> bare_ampersand(std::string_view text, std::size_t offset) {
  while (offset > 0 && is_name_character(text[offset - 1])) --offset;
  if (offset > 0 && text[offset - 1] == '&') return offset - 1;
  return std::nullopt;
}

// In an attribute, Expat points at the tag's '<' when an entity is unknown.
std::size_t unknown_entity(std::string_view text, std::size_t offset) {
  for (std::size_t at = text.find('&', offset); at != std::string_view::npos; at = text.find('&', at + 1)) {
    const std::string_view name = text.substr(at + 1, text.find(';', at) - at - 1);
    if (!name.starts_with('#') && std::ranges::find(kPredefined, name) == kPredefined.end()) return at;
  }
  return offset;
}

std::string closing_tag_at(std::string_view text, std::size_t offset) {
  const std::size_t end = text.find_first_of(" \t\r\n>", offset);
  return std::string(first_bytes(text.substr(offset, end - offset), 64)) + ">";
}

std::string expat_words(int expat_error) {
  const char* words = XML_ErrorString(static_cast<XML_Error>(expat_error));
  return "is not well-formed XML: " + std::string(words == nullptr ? "unknown error" : words);
}

}  // namespace

SyntaxFault explain_syntax(int expat_error, std::string_view text, std::size_t offset,
                           std::string_view innermost) {
  offset = std::min(offset, text.size());
  switch (expat_error) {
    case XML_ERROR_INVALID_TOKEN:
      if (const auto ampersand = bare_ampersand(text, offset)) {
        return {*ampersand, "is not well-formed XML: '&' must be written as &amp;"};
      }
      return {offset, "is not well-formed XML: a character is not allowed here"};
    case XML_ERROR_UNDEFINED_ENTITY:
      return {unknown_entity(text, offset),
              "is not well-formed XML: unknown entity, only amp, lt, gt, quot and apos exist"};
    case XML_ERROR_NO_ELEMENTS:
      if (innermost.empty()) return {offset, "the document holds no element"};
      return {offset, "is not well-formed XML: the text ends before </" + std::string(innermost) + ">"};
    case XML_ERROR_TAG_MISMATCH:
      if (offset >= 2 && text.substr(offset - 2, 2) == "</") offset -= 2;  // Expat points at the name
      return {offset, "is not well-formed XML: " + closing_tag_at(text, offset) + " where </" +
                          std::string(innermost) + "> was expected"};
    case XML_ERROR_JUNK_AFTER_DOC_ELEMENT:
      return {offset, "nothing may follow the root element"};
    default:
      return {offset, expat_words(expat_error)};
  }
}

}  // namespace portico::bxml
