#pragma once
// Asks for another document. Terminal. Contract: bxml.md, Redirect.

#include <string_view>

#include "bxml/groups.h"
#include "bxml/position.h"

namespace portico::bxml {

class Reading;
struct Element;

struct Redirect {
  static constexpr std::string_view kName = "Redirect";
  Position at;
  Callback redirect;  // its url is never empty
  TagChange tag;
};

void read(const Element& element, Reading& reading, Redirect& out);

}  // namespace portico::bxml
