#pragma once
// Sends DTMF digits with pauses. Blocking. Contract: bxml.md, SendDtmf.

#include <string>
#include <string_view>

#include "base/time.h"
#include "bxml/position.h"

namespace portico::bxml {

class Reading;
struct Element;

struct SendDtmf {
  static constexpr std::string_view kName = "SendDtmf";
  Position at;
  std::string digits;         // 1 .. 50 of 0-9*#A-D, and pauses: , and w are 0.5 s, W is 1 s
  Millis tone_duration{200};  // 50 ms .. 5 s
  Millis tone_interval{400};  // 50 ms .. 5 s; a pause replaces it
};

void read(const Element& element, Reading& reading, SendDtmf& out);

}  // namespace portico::bxml
