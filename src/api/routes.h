#pragma once
// Every path of our APIs and who answers it.
//
//   Services services{.store = …, .directory = …, .deployment = …};
//   http::Router router(api::error_page);
//   api::add_routes(router, services);
//   server->start([&](http::Request request) { return api::serve(router, services, std::move(request)); });

#include <string_view>
#include <vector>

#include "api/services.h"
#include "http/message.h"
#include "http/router.h"

namespace portico::api {

struct RouteName {
  std::string_view method;
  std::string_view pattern;
};
std::vector<RouteName> all_routes();

// `services` must outlive the router.
void add_routes(http::Router& router, const Services& services);

// The gate (401, 403), then the router. HEAD and OPTIONS are 405 on API paths (contract voice-api.md A7).
http::Response serve(const http::Router& router, const Services& services, http::Request request);

}  // namespace portico::api
