#pragma once
// Ringing tone, or 180 Ringing. Blocking. Contract: bxml.md, Ring.

#include <string_view>

#include "base/time.h"
#include "bxml/position.h"

namespace portico::bxml {

class Reading;
struct Element;

struct Ring {
  static constexpr std::string_view kName = "Ring";
  Position at;
  Millis duration{5'000};   // 0.1 s .. 24 h
  bool answer_call = true;  // matters on an unanswered call only
};

void read(const Element& element, Reading& reading, Ring& out);

}  // namespace portico::bxml
