#pragma once
// Replaces the call's tag. Non-blocking. Contract: bxml.md, Tag.

#include <string>
#include <string_view>

#include "bxml/position.h"

namespace portico::bxml {

class Reading;
struct Element;

struct Tag {
  static constexpr std::string_view kName = "Tag";
  Position at;
  std::string tag;  // trimmed; empty clears; up to 4096 characters
};

void read(const Element& element, Reading& reading, Tag& out);

}  // namespace portico::bxml
