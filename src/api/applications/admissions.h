#pragma once
// Why calls get in or not: the admission log of an application, and the answer to "would this call get in?".

#include "api/services.h"
#include "http/message.h"

namespace portico::api {

// GET /v1/accounts/{accountId}/voice-applications/{applicationId}/admissions
http::Response list_admissions(const Services& services, const http::Request& request);
// POST /v1/accounts/{accountId}/voice-applications/{applicationId}/explain
http::Response explain_admission(const Services& services, const http::Request& request);

}  // namespace portico::api
