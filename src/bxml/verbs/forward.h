#pragma once
// Hands an unanswered inbound call to another party. Terminal. Contract: bxml.md, Forward.

#include <string>
#include <string_view>

#include "base/time.h"
#include "bxml/groups.h"
#include "bxml/position.h"

namespace portico::bxml {

class Reading;
struct Element;

struct Forward {
  static constexpr std::string_view kName = "Forward";
  Position at;
  std::string to;                   // E.164 or SIP URI
  std::string from;                 // E.164; empty: the number that was called
  bool privacy = false;             // hide the calling number
  std::string caller_display_name;  // with privacy: Restricted, Anonymous, Private or Unavailable
  Millis call_timeout{30'000};      // 1 s .. 300 s from the start of ringing
  Diversion diversion;
  std::string uui;  // empty unless `to` is a SIP URI; with its encoding parameter
};

void read(const Element& element, Reading& reading, Forward& out);

}  // namespace portico::bxml
