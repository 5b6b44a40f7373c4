#pragma once
// Ends StartGather. Non-blocking. Contract: bxml.md, StopGather.

#include <string_view>

#include "bxml/position.h"

namespace portico::bxml {

class Reading;
struct Element;

struct StopGather {
  static constexpr std::string_view kName = "StopGather";
  Position at;
};

void read(const Element& element, Reading& reading, StopGather& out);

}  // namespace portico::bxml
