#pragma once
// Calls in the Voice API: contract voice-api.md sections 2.2 to 2.5 and 6.

#include "api/services.h"
#include "http/message.h"

namespace portico::api {

http::Response list_calls(const Services& services, const http::Request& request);
http::Response get_call(const Services& services, const http::Request& request);
http::Response get_statistics(const Services& services, const http::Request& request);

}  // namespace portico::api
