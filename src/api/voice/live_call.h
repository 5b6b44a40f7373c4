#pragma once
// A call that is under way in this process, asked itself: its row in the store is written behind. Blocks
// until the call has answered, which it does between two steps of its own.

#include <optional>

#include "account/call_record.h"
#include "api/services.h"
#include "call/events.h"
#include "http/message.h"

namespace portico::api {

// The call that the request's path names. Nothing: none of the account's is under way here.
std::optional<account::CallRecord> look_at_call(const Services& services, const http::Request& request);

// The same for a Redirect, Complete, ReplaceDocument or SetRecordingState, which the call takes or refuses.
template <typename Change>
std::optional<Result<void>> change_live_call(const Services& services, const http::Request& request,
                                             Change change);

// A call that is not under way here, as the store will have it once all that waits for it is written.
Result<account::CallRecord> ended_call(const Services& services, const http::Request& request);

}  // namespace portico::api
