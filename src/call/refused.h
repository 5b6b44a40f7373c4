#pragma once
// A call that the door refused for the account's or the node's limits: it leaves a record and a `disconnect`,
// and nothing else (contract voice-applications.md 5.2, steps 13 and 14).

#include <string>
#include <string_view>

#include "call/environment.h"
#include "call/inbound.h"

namespace portico::call {

// `noted`: with a line of the log.
void record_refused(Environment& environment, const Inbound& inbound, std::string_view cause,
                    std::string message, bool noted);

}  // namespace portico::call
