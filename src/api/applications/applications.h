#pragma once
// The Voice Application Management API v2: contract voice-applications.md section 3.

#include "api/services.h"
#include "http/message.h"

namespace portico::api {

http::Response list_applications(const Services& services, const http::Request& request);
http::Response create_application(const Services& services, const http::Request& request);
http::Response get_application(const Services& services, const http::Request& request);
http::Response patch_application(const Services& services, const http::Request& request);
http::Response delete_application(const Services& services, const http::Request& request);

// The application that the path names, for other handlers: not_found when the account has none of that id.
Result<account::Application> application_of(const Services& services, const http::Request& request);

}  // namespace portico::api
