#pragma once
// A document's elements as they stand in the text, each part with its position. Entities are resolved, line
// ends are LF, attribute values are normalised (XML 1.0 sections 2.11 and 3.3.3). Names are unique within one
// start tag.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bxml/position.h"

namespace portico::bxml {

struct Attribute {
  std::string name;
  std::string value;
  Position at;  // of the name's first character
};

struct Element;

// A run of text, or an element. Comments and processing instructions are gone; the text around them is one
// run.
struct Content {
  std::string text;
  Position at;        // of the text's first character that is no white space (its first, if all are)
  bool blank = true;  // white space only
  std::unique_ptr<Element> element;  // set: `text` is empty
};

struct Element {
  std::string name;
  Position at;  // of '<'
  std::vector<Attribute> attributes;
  std::vector<Content> content;

  const Attribute* find(std::string_view attribute_name) const;
};

// A name as a sentence may hold it: its first 64 characters.
std::string_view shown_name(std::string_view name);

inline constexpr std::string_view kWhiteSpace = " \t\r\n";
bool is_blank(std::string_view text);
std::string_view trim(std::string_view text);

}  // namespace portico::bxml
