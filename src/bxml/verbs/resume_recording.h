#pragma once
// Continues a recording paused by PauseRecording. Non-blocking. Contract: bxml.md, ResumeRecording.

#include <string_view>

#include "bxml/position.h"

namespace portico::bxml {

class Reading;
struct Element;

struct ResumeRecording {
  static constexpr std::string_view kName = "ResumeRecording";
  Position at;
};

void read(const Element& element, Reading& reading, ResumeRecording& out);

}  // namespace portico::bxml
