#pragma once
// Ends a stream, or waits until the other side ends it. Contract: bxml.md, StopStream.

#include <string>
#include <string_view>

#include "bxml/position.h"

namespace portico::bxml {

class Reading;
struct Element;

struct StopStream {
  static constexpr std::string_view kName = "StopStream";
  Position at;
  std::string name;   // chosen name or stream id
  bool wait = false;  // true: blocks until the websocket is closed, closes nothing itself
};

void read(const Element& element, Reading& reading, StopStream& out);

}  // namespace portico::bxml
