#pragma once
// Sends REFER to the caller's own equipment. Blocking, terminal on success. Contract: bxml.md, Refer.

#include <string>
#include <string_view>

#include "bxml/groups.h"
#include "bxml/position.h"

namespace portico::bxml {

class Reading;
struct Element;

struct Refer {
  static constexpr std::string_view kName = "Refer";
  Position at;
  std::string to;     // sip: or sips: URI
  Callback complete;  // referCompleteUrl; no fallback, no credentials
  TagChange tag;
};

void read(const Element& element, Reading& reading, Refer& out);

}  // namespace portico::bxml
