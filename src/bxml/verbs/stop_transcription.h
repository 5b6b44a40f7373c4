#pragma once
// Ends live transcriptions. Non-blocking. Contract: bxml.md, StopTranscription.

#include <string>
#include <string_view>

#include "bxml/position.h"

namespace portico::bxml {

class Reading;
struct Element;

struct StopTranscription {
  static constexpr std::string_view kName = "StopTranscription";
  Position at;
  std::string name;  // chosen name or id; empty: all of the call
};

void read(const Element& element, Reading& reading, StopTranscription& out);

}  // namespace portico::bxml
