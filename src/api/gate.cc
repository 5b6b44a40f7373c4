#include "api/gate.h"

#include <array>

#include "api/identity.h"
#include "api/json_answer.h"
#include "base/counters.h"
#include "http/status.h"
#include "http/url.h"

namespace portico::api {
namespace {

struct Family {
  std::string_view prefix;  // before the account id
  account::Role role;
};

constexpr std::array kFamilies{
    Family{"/v2/accounts/", account::Role::voice_applications},
    Family{"/api/v2/accounts/", account::Role::voice},
    Family{"/v1/accounts/", account::Role::voice},
};

// The rest of an account's path, split: "9900000" and "voice-applications/…".
struct Place {
  std::string account_id;
  std::string_view below;
};

std::optional<Place> place_in(std::string_view path, const Family& family) {
  if (!path.starts_with(family.prefix)) return std::nullopt;
  path.remove_prefix(family.prefix.size());
  const auto slash = path.find('/');
  Place place{.account_id = http::percent_decode(path.substr(0, slash)), .below = {}};
  if (slash != std::string_view::npos) place.below = path.substr(slash + 1);
  return place;
}

account::Role role_of(const Family& family, const Place& place) {
  return place.below.starts_with("voice-applications") ? account::Role::voice_applications : family.role;
}

http::Response refusal(const http::Request& request, const Error& error) {
  const bool voice = request.path.starts_with("/api/");
  auto response = voice ? voice_error_of(error) : problem_of(error);
  count_refused(response.status);
  // Bearer only: a challenge of scheme Basic makes browsers ask for a password in a window of their own.
  if (response.status == 401) response.headers.set("WWW-Authenticate", "Bearer realm=\"portico\"");
  return response;
}

}  // namespace

void count_refused(int status) {
  counter("portico_api_refused_total", "Requests to the APIs and for tokens refused for who asks, by status",
          {{"status", std::to_string(status)}})
      .add();
}

bool is_api_path(std::string_view path) {
  return path.starts_with("/v1/") || path.starts_with("/v2/") || path.starts_with("/api/v2/");
}

std::optional<http::Response> refuse(const Services& services, const http::Request& request) {
  if (!is_api_path(request.path)) return std::nullopt;
  const auto client = identify(services, request);
  if (!client) return refusal(request, client.error());
  for (const auto& family : kFamilies) {
    const auto place = place_in(request.path, family);
    if (!place) continue;
    if (place->account_id != client->account_id) {
      return refusal(request, {Code::not_allowed, "Access is denied"});
    }
    const auto role = role_of(family, *place);
    if (!client->has_role(role)) {
      return refusal(request, {Code::not_allowed, "Access is denied: the client lacks the role " +
                                                      std::string(account::role_name(role))});
    }
  }
  return std::nullopt;
}

http::HeadVerdict judge_head(const Services& services, const http::Request& request) {
  if (!is_api_path(request.path)) {
    return {.refusal = std::nullopt, .body_bytes_max = limits::kHttpUnprovenBodyBytesMax};
  }
  http::HeadVerdict verdict{.refusal = refuse(services, request)};
  for (const auto& family : kFamilies) {
    const auto place = place_in(request.path, family);
    if (place && !verdict.refusal) verdict.line = "account " + place->account_id;
  }
  return verdict;
}

}  // namespace portico::api
