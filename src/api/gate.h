#pragma once
// What stands before every handler of an API: proof, account and role, before the path is even looked up
// (contract voice-api.md section 8, A1: 401, 403, 404, 405, then what the handler finds).

#include <optional>
#include <string>

#include "api/services.h"
#include "http/message.h"
#include "http/server.h"

namespace portico::api {

// The 401 or 403, or nothing when the request may go on. Paths outside the APIs always may.
std::optional<http::Response> refuse(const Services& services, const http::Request& request);

// The same for a request whose body has not been read yet, and whose turn it is: its account's, if it has
// proved to be that. Where no proof is asked for, only a short body is read.
http::HeadVerdict judge_head(const Services& services, const http::Request& request);

// Of requests without a good proof, or with one that is not good for this: in the metrics.
void count_refused(int status);

// True for the paths that refuse() looks at.
bool is_api_path(std::string_view path);

}  // namespace portico::api
