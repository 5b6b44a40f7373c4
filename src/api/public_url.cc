#include "api/public_url.h"

#include <algorithm>

namespace portico::api {
namespace {

bool is_host(std::string_view text) {
  constexpr std::string_view kOthers = ".-:[]";
  constexpr std::size_t kLengthMax = 262;  // a DNS name and a port
  return !text.empty() && text.size() <= kLengthMax && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kOthers.find(c) != std::string_view::npos;
  });
}

}  // namespace

std::string public_url(const Services& services, const http::Request& request) {
  if (!services.public_url.empty()) return services.public_url;
  const auto host = request.headers.get("Host");
  return is_host(host) ? "http://" + std::string(host) : std::string();
}

std::string voice_base(const Services& services, const http::Request& request) {
  return public_url(services, request) + "/api/v2/accounts/" + std::string(request.param("accountId"));
}

}  // namespace portico::api
