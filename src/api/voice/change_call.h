#pragma once
// Changing a call that is under way: contract voice-api.md sections 2.4, 2.5 and 4. Whether the call can take
// it is for the call to say.

#include "api/services.h"
#include "http/message.h"

namespace portico::api {

http::Response update_call(const Services& services, const http::Request& request);
http::Response replace_document(const Services& services, const http::Request& request);
http::Response update_recording(const Services& services, const http::Request& request);

}  // namespace portico::api
