#include "account/application.h"

#include <algorithm>

namespace portico::account {

std::string_view method_name(Method method) { return method == Method::get ? "GET" : "POST"; }

std::optional<Method> parse_method(std::string_view text) {
  if (text == "GET") return Method::get;
  if (text == "POST") return Method::post;
  return std::nullopt;
}

bool Application::allows_source(IpAddress source) const {
  if (allowed_sources.empty()) return true;
  return std::any_of(allowed_sources.begin(), allowed_sources.end(),
                     [&](const Cidr& block) { return block.contains(source); });
}

bool Application::allows_region(std::string_view region) const {
  return std::find(allowed_regions.begin(), allowed_regions.end(), region) != allowed_regions.end();
}

std::string Application::sip_uri(std::string_view domain) const {
  if (sip_user.empty()) return {};
  return "sip:" + sip_user + "@" + std::string(domain);
}

}  // namespace portico::account
