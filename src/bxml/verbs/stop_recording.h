#pragma once
// Ends what StartRecording began. Non-blocking; also in a conference. Contract: bxml.md, StopRecording.

#include <string_view>

#include "bxml/position.h"

namespace portico::bxml {

class Reading;
struct Element;

struct StopRecording {
  static constexpr std::string_view kName = "StopRecording";
  Position at;
};

void read(const Element& element, Reading& reading, StopRecording& out);

}  // namespace portico::bxml
