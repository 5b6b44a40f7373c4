#pragma once
// After a crash: calls that this node was carrying when it died get their end, so that each call has one
// `disconnect` whatever happened (contract webhooks.md section 3).

#include <string>

#include "account/directory.h"
#include "account/store.h"
#include "call/ports.h"

namespace portico::app {

// Ends every call in the store that is not disconnected and was this node's; tells the applications. Blocks
// on the store: before the node takes calls. Returns how many there were.
Result<std::size_t> end_orphaned_calls(account::Store& store, const account::Directory& directory,
                                       call::Webhooks& webhooks, call::Records& records,
                                       const std::string& node, const std::string& base_url, WallTime now);

}  // namespace portico::app
