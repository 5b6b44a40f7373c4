#pragma once
// POST /api/v1/oauth2/token: OAuth 2.0 client credentials (contract voice-applications.md section 2, RFC 6749
// section 4.4).

#include "api/services.h"
#include "http/message.h"

namespace portico::api {

http::Response issue_token(const Services& services, const http::Request& request);

}  // namespace portico::api
