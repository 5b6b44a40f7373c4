#pragma once
// Calls and recordings as the JSON of contract voice-api.md sections 2.3 and 4. Nullable fields are null, not
// absent.

#include <boost/json/object.hpp>
#include <string>

#include "account/call_record.h"
#include "account/recording_record.h"

namespace portico::api {

boost::json::object to_json(const account::CallRecord& call);

// `base`: "https://host/api/v2/accounts/9900000".
boost::json::object to_json(const account::RecordingRecord& recording, const std::string& base);

}  // namespace portico::api
