#include "api/token.h"

#include <boost/json.hpp>

#include "api/gate.h"
#include "api/identity.h"
#include "api/json_answer.h"
#include "api/media_type.h"
#include "base/hash.h"
#include "http/url.h"

namespace portico::api {
namespace {

namespace json = boost::json;

http::Response answer(int status, const json::object& body) {
  auto response = json_answer(status, body, "application/json");
  response.headers.set("Cache-Control", "no-store");
  response.headers.set("Pragma", "no-cache");
  return response;
}

// RFC 6749 section 5.2.
http::Response token_error(int status, std::string_view error, std::string_view description) {
  auto response = answer(status, {{"error", error}, {"error_description", description}});
  if (status == 401) {
    count_refused(status);
    response.headers.set("WWW-Authenticate", "Basic realm=\"portico\"");
  }
  return response;
}

// From the header or from the form (section 2.3.1), never both.
tl::expected<BasicPair, http::Response> credentials(const http::Request& request,
                                                    const http::NamedValues& form) {
  const auto header = request.headers.get("Authorization");
  const auto id = http::find_value(form, "client_id");
  const auto secret = http::find_value(form, "client_secret");
  if (!header.empty() && secret) {
    return tl::unexpected(
        token_error(400, "invalid_request", "Give the client's secret once, not in two places"));
  }
  if (header.empty()) {
    if (!id || !secret) {
      return tl::unexpected(token_error(401, "invalid_client", "No client credentials were given"));
    }
    return BasicPair{std::string(*id), std::string(*secret)};
  }
  auto pair = parse_basic(header);
  if (!pair)
    return tl::unexpected(token_error(401, "invalid_client", "Failed to decode the Authorization header"));
  return *pair;
}

// RFC 6749 section 2.3.1 has the two encoded as in a form before they are put into the header. Most clients
// do not.
Result<account::Client> check_either_way(const Services& services, const BasicPair& pair) {
  auto client = check_secret(services, pair);
  const BasicPair decoded{http::percent_decode(pair.id), http::percent_decode(pair.secret)};
  if (client || (decoded.id == pair.id && decoded.secret == pair.secret)) return client;
  return check_secret(services, decoded);
}

}  // namespace

http::Response issue_token(const Services& services, const http::Request& request) {
  if (!has_media_type(request, {"application/x-www-form-urlencoded"})) {
    return token_error(400, "invalid_request", "Content-Type must be application/x-www-form-urlencoded");
  }
  const auto form = http::parse_query(request.body);
  const auto pair = credentials(request, form);
  if (!pair) return pair.error();
  const auto client = check_either_way(services, *pair);
  if (!client) {
    if (client.error().code != Code::unauthorized) return voice_error_of(client.error());
    return token_error(401, "invalid_client", "The client id or the secret is wrong");
  }
  const auto grant = http::find_value(form, "grant_type");
  if (!grant) return token_error(400, "invalid_request", "grant_type is missing");
  if (*grant != "client_credentials") {
    return token_error(400, "unsupported_grant_type", "grant_type must be client_credentials");
  }
  const std::string token = random_alnum(43);
  const auto kept = services.store.put_token({.sha256 = account::hash_secret(token),
                                              .client_id = client->id,
                                              .expires = services.clock().wall + account::kTokenLife});
  if (!kept) return voice_error_of(kept.error());
  return answer(
      200, {{"access_token", token}, {"token_type", "Bearer"}, {"expires_in", account::kTokenLife.count()}});
}

}  // namespace portico::api
