#pragma once
// Text to speech. Blocking. Contract: bxml.md, SpeakSentence.

#include <string_view>

#include "bxml/position.h"
#include "bxml/ssml.h"
#include "bxml/voices.h"

namespace portico::bxml {

class Reading;
struct Element;

struct SpeakSentence {
  static constexpr std::string_view kName = "SpeakSentence";
  Position at;
  Voice voice;    // resolved by the priority list
  Speech speech;  // never blank
};

void read(const Element& element, Reading& reading, SpeakSentence& out);

}  // namespace portico::bxml
