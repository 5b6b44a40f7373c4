#pragma once
// Reports every digit while other verbs run. Non-blocking. Contract: bxml.md, StartGather.

#include <string_view>

#include "bxml/groups.h"
#include "bxml/position.h"

namespace portico::bxml {

class Reading;
struct Element;

struct StartGather {
  static constexpr std::string_view kName = "StartGather";
  Position at;
  Callback dtmf;  // its url is never empty; no fallback
  TagChange tag;
};

void read(const Element& element, Reading& reading, StartGather& out);

}  // namespace portico::bxml
