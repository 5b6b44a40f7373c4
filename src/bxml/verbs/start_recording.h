#pragma once
// Records in the background. Non-blocking; also in a conference. Contract: bxml.md, StartRecording.

#include <string_view>

#include "bxml/groups.h"
#include "bxml/position.h"

namespace portico::bxml {

class Reading;
struct Element;

struct StartRecording {
  static constexpr std::string_view kName = "StartRecording";
  Position at;
  Callback available;  // recordingAvailableUrl
  bool transcribe = false;
  bool detect_language = false;
  Callback transcription_available;
  TagChange tag;
  FileFormat file_format = FileFormat::wav;
  bool multi_channel = false;  // two channels: our party left, the other right
};

void read(const Element& element, Reading& reading, StartRecording& out);

}  // namespace portico::bxml
