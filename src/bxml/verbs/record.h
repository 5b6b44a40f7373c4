#pragma once
// Records the caller and waits for it. Blocking. Contract: bxml.md, Record.

#include <string>
#include <string_view>

#include "base/time.h"
#include "bxml/groups.h"
#include "bxml/position.h"

namespace portico::bxml {

class Reading;
struct Element;

struct Record {
  static constexpr std::string_view kName = "Record";
  Position at;
  Callback complete;   // recordCompleteUrl; not sent after a hangup
  Callback available;  // recordingAvailableUrl; no document in reply
  bool transcribe = false;
  bool detect_language = false;      // with transcribe only
  Callback transcription_available;  // no document in reply
  TagChange tag;
  std::string terminating_digits = "#";
  Millis max_duration{60'000};  // 1 s .. 3 h
  Millis silence_timeout{0};    // 0: off; up to 3 h
  FileFormat file_format = FileFormat::wav;
};

void read(const Element& element, Reading& reading, Record& out);

}  // namespace portico::bxml
