#pragma once
// What the simulated backends answer: a mixture of all verbs, of nothing, and of what is no BXML.

#include <string>
#include <string_view>

#include "base/time.h"
#include "sim/luck.h"

namespace portico::sim {

struct Document {
  std::string_view text;
  Duration least{};          // that it takes where nobody interrupts; sounds and rings may be of any length
  Duration sounds{};         // until it is heard, at most, where nothing fails; 0: perhaps it never is
  bool unsupported = false;  // has a verb that comes later
  bool right = true;
};

inline constexpr const char* kLastDocument = "<Response><Hangup/></Response>";
std::string pick_document(Luck& luck);
bool is_question(std::string_view event);              // a webhook whose answer is a document
const Document* find_document(std::string_view text);  // null: none of these, one that was cut

}  // namespace portico::sim
