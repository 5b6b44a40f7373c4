#pragma once
// Whether we can read what an INVITE carries, and its sender what we should answer with: RFC 3261
// sections 8.2.3 and 21.4.7, RFC 5621 section 3. In a dialog the user agent asks; for a new INVITE its owner,
// who knows what else a stranger is refused for first.

#include <optional>

#include "sip/dialog/user_agent.h"

namespace portico::sip {

// 415 with what we take; nothing: a session description, no body, or one that may be passed over.
std::optional<Refusal> refuse_body(const Message& request);
// The same, and 406; nothing: it can be read and answered. (RFC 4475 sections 3.3.6 and 3.3.15.)
std::optional<Refusal> refuse_content(const Message& invite);

}  // namespace portico::sip
