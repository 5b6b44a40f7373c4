#pragma once
// Suspends what StartRecording began. Non-blocking. Contract: bxml.md, PauseRecording.

#include <string_view>

#include "bxml/position.h"

namespace portico::bxml {

class Reading;
struct Element;

struct PauseRecording {
  static constexpr std::string_view kName = "PauseRecording";
  Position at;
};

void read(const Element& element, Reading& reading, PauseRecording& out);

}  // namespace portico::bxml
