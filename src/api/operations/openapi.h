#pragma once
// Our APIs described: the OpenAPI 3.1 document of docs/openapi.yaml, which is part of the binary, and the
// page made from it for people.

#include <string>
#include <string_view>

#include "api/services.h"
#include "base/result.h"
#include "http/message.h"

namespace portico::api {

std::string_view openapi_yaml();

http::Response serve_openapi(const Services& services, const http::Request& request);
http::Response serve_docs(const Services& services, const http::Request& request);

// The page for a document; invalid when it is not YAML.
Result<std::string> docs_page(std::string_view yaml);

}  // namespace portico::api
