#pragma once
// Reason phrases of RFC 3261 section 21 and its extensions.

#include <string_view>

namespace portico::sip {

std::string_view reason_phrase(int status);  // of an unknown status: that of its class (400 for 4xx …)

}  // namespace portico::sip
