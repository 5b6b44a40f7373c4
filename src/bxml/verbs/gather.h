#pragma once
// Collects DTMF digits under prompts. Blocking. Contract: bxml.md, Gather.

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/time.h"
#include "bxml/groups.h"
#include "bxml/position.h"
#include "bxml/verbs/play_audio.h"
#include "bxml/verbs/speak_sentence.h"

namespace portico::bxml {

class Reading;
struct Element;

using Prompt = std::variant<SpeakSentence, PlayAudio>;

struct Gather {
  static constexpr std::string_view kName = "Gather";
  Position at;
  Callback complete;  // gatherUrl
  TagChange tag;
  std::string terminating_digits;     // of 0-9*#A-D, each once; empty: off
  int max_digits = 50;                // 1 .. 50
  Millis inter_digit_timeout{5'000};  // 1 s .. 60 s
  Millis first_digit_timeout{5'000};  // 0 .. 60 s from the end of the prompts
  int repeat_count = 1;               // 1 .. 20; times the number of prompts at most 20
  std::vector<Prompt> prompts;        // at most 20
};

void read(const Element& element, Reading& reading, Gather& out);

}  // namespace portico::bxml
