#pragma once
// Live transcription. Non-blocking. Contract: bxml.md, StartTranscription.

#include <string>
#include <string_view>
#include <vector>

#include "bxml/groups.h"
#include "bxml/position.h"

namespace portico::bxml {

class Reading;
struct Element;

struct StartTranscription {
  static constexpr std::string_view kName = "StartTranscription";
  Position at;
  std::string name;  // empty: the generated id
  Tracks tracks = Tracks::inbound;
  Callback events;            // transcriptionEventUrl; no fallback
  std::string destination;    // ws:// or wss://; empty: no live updates
  bool stabilized = true;     // matters with a destination only
  std::vector<Param> params;  // at most 12
};

void read(const Element& element, Reading& reading, StartTranscription& out);

}  // namespace portico::bxml
