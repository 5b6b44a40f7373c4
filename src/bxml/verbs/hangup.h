#pragma once
// Ends the call, or refuses an unanswered one. Terminal. Contract: bxml.md, Hangup.

#include <string_view>

#include "bxml/position.h"

namespace portico::bxml {

class Reading;
struct Element;

struct Hangup {
  static constexpr std::string_view kName = "Hangup";
  Position at;
};

void read(const Element& element, Reading& reading, Hangup& out);

}  // namespace portico::bxml
