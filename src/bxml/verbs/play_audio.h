#pragma once
// Plays a file. Blocking. Contract: bxml.md, PlayAudio.

#include <string>
#include <string_view>

#include "bxml/groups.h"
#include "bxml/position.h"

namespace portico::bxml {

class Reading;
struct Element;

struct PlayAudio {
  static constexpr std::string_view kName = "PlayAudio";
  Position at;
  std::string url;          // absolute, http or https
  Credentials credentials;  // for the fetch
};

void read(const Element& element, Reading& reading, PlayAudio& out);

}  // namespace portico::bxml
