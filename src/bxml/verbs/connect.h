#pragma once
// Connects the call to a registered endpoint. Blocking. Contract: bxml.md, Connect.

#include <string>
#include <string_view>

#include "bxml/groups.h"
#include "bxml/position.h"

namespace portico::bxml {

class Reading;
struct Element;

struct Connect {
  static constexpr std::string_view kName = "Connect";
  Position at;
  std::string endpoint_id;
  Callback events;  // eventCallbackUrl, eventFallbackUrl; always POST, no credentials
};

void read(const Element& element, Reading& reading, Connect& out);

}  // namespace portico::bxml
