#pragma once
// Joins the executing call with another live one. Blocking. Contract: bxml.md, Bridge.

#include <string>
#include <string_view>

#include "bxml/groups.h"
#include "bxml/position.h"

namespace portico::bxml {

class Reading;
struct Element;

struct Bridge {
  static constexpr std::string_view kName = "Bridge";
  Position at;
  std::string target_call_id;
  Callback complete;         // bridgeComplete, run on this call
  Callback target_complete;  // bridgeTargetComplete, run on the target
  TagChange tag;
};

void read(const Element& element, Reading& reading, Bridge& out);

}  // namespace portico::bxml
