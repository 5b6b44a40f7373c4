#include "api/operations/openapi.h"

#include "api/json_answer.h"

namespace portico::api {

// Made from docs/openapi.yaml by CMake.
extern const char kOpenapiYaml[];

std::string_view openapi_yaml() { return kOpenapiYaml; }

http::Response serve_openapi(const Services&, const http::Request&) {
  return {.status = 200,
          .headers = {{"Content-Type", "application/yaml; charset=utf-8"}},
          .body = std::string(openapi_yaml())};
}

http::Response serve_docs(const Services&, const http::Request&) {
  static const Result<std::string> page = docs_page(openapi_yaml());
  if (!page) return voice_error_of(page.error());
  return {.status = 200,
          .headers = {{"Content-Type", "text/html; charset=utf-8"},
                      {"Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'"}},
          .body = *page};
}

}  // namespace portico::api
