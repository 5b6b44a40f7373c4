#pragma once
// Silence. Blocking. Contract: bxml.md, Pause.

#include <string_view>

#include "base/time.h"
#include "bxml/position.h"

namespace portico::bxml {

class Reading;
struct Element;

struct Pause {
  static constexpr std::string_view kName = "Pause";
  Position at;
  Millis duration{1'000};  // 0.1 s .. 24 h
};

void read(const Element& element, Reading& reading, Pause& out);

}  // namespace portico::bxml
