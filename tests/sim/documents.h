#pragma once
// What the simulated backends answer: a mixture of all verbs, of nothing, and of what is no BXML.

#include <string>

#include "sim/luck.h"

namespace portico::sim {

inline constexpr const char* kLastDocument = "<Response><Hangup/></Response>";
std::string pick_document(Luck& luck);

}  // namespace portico::sim
