#pragma once
// Puts the call into a named conference. Blocking. Contract: bxml.md, Conference.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "bxml/groups.h"
#include "bxml/position.h"

namespace portico::bxml {

class Reading;
struct Element;

struct Conference {
  static constexpr std::string_view kName = "Conference";
  Position at;
  std::string conference;  // its name: ^[A-Za-z0-9._-]{1,100}$
  bool mute = false;       // hears, is not heard
  bool hold = false;       // neither
  std::vector<std::string> call_ids_to_coach;
  Callback events;                         // conferenceEventUrl
  std::optional<Millis> callback_timeout;  // 1 s .. 25 s; absent: the call's webhook timeout
  TagChange tag;
};

void read(const Element& element, Reading& reading, Conference& out);

}  // namespace portico::bxml
