#pragma once
// Our own recordings as prompts: contract bxml.md PlayAudio, "A recording's mediaUrl of the same account".

#include <string>
#include <string_view>

#include "account/store.h"

namespace portico::app {

// The object key of ".../api/v2/accounts/{accountId}/calls/{callId}/recordings/{recordingId}/media". Blocks
// on the store. Errors: not_found, also when the recording belongs to another account.
Result<std::string> own_object(account::Store& store, std::string_view account_id, std::string_view url);

}  // namespace portico::app
