#pragma once
// GET /v1/accounts/{accountId}/webhooks: what was sent to the customer's backend, and what came back.

#include "api/services.h"
#include "http/message.h"

namespace portico::api {

http::Response list_webhooks(const Services& services, const http::Request& request);

}  // namespace portico::api
