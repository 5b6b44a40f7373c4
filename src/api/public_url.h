#pragma once
// Absolute URLs of our own, for links and for the URLs inside resources.

#include <string>

#include "api/services.h"
#include "http/message.h"

namespace portico::api {

// "https://voice.example.org": what the deployment says, else the request's Host; empty when neither is
// usable, so that links become relative.
std::string public_url(const Services& services, const http::Request& request);

// "https://voice.example.org/api/v2/accounts/9900000"
std::string voice_base(const Services& services, const http::Request& request);

}  // namespace portico::api
