#pragma once
// Requests of ours in a dialog whose next machine has several addresses (RFC 3263 section 4.3): what fails at
// one of them (the transport breaks, 503, no answer at all) is sent to the next. Over UDP what fails at the
// address in the peer's Contact or Record-Route is sent where its own requests come from. Inside sip/dialog
// only.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sip/dialog/agent.h"

namespace portico::sip {

// Not in base/limits.h: it bounds no memory, but for how long a request is tried, together with T1.
inline constexpr std::size_t kOtherHopsMax = 3;  // tries after the first, each of 64*T1 at most

// Replaces what was to be tried. An address that requests are sent to already stays the first; of more than
// kOtherHopsMax others the rest is left out.
Result<void> set_hops(Session& session, std::vector<Flow> hops);

// A request of the peer came by `flow`: unless addresses were looked up, or while that is a connection, ours
// go back that way. What was looked up stays right, as it is of the same target.
void follow(Turn& turn, Session& session, const Flow& flow);

// A target refresh (RFC 3261 sections 12.2.1.2 and 12.2.2). Where it leads to another machine than before,
// what was looked up for that one is forgotten: until the owner has looked again, `flow` is the way.
void take_target(Turn& turn, Session& session, const Message& message, const Flow& flow);

// After a failure at the address of `hop`, as Session::hop was when the request was sent: true if the session
// has moved on, so that the same request can be sent again with a new branch.
bool move_on(Session& session, std::uint32_t hop);

// A 503 counts as no answer; any other one is an answer, wherever it comes from.
constexpr bool is_failure(int status) { return status == 503; }

}  // namespace portico::sip
