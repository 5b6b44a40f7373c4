#include "api/identity.h"

#include "base/bytes.h"

namespace portico::api {
namespace {

constexpr const char* kNoToken = "The access token is unknown or has expired";

// The value behind "<scheme> ", scheme compared without case (RFC 9110 section 11.1).
std::optional<std::string_view> behind_scheme(std::string_view authorization, std::string_view scheme) {
  if (authorization.size() <= scheme.size() || authorization[scheme.size()] != ' ') return std::nullopt;
  if (!http::equal_names(authorization.substr(0, scheme.size()), scheme)) return std::nullopt;
  auto value = authorization.substr(scheme.size() + 1);
  while (value.starts_with(' ')) value.remove_prefix(1);
  return value;
}

Result<account::Client> check_token(const Services& services, std::string_view token) {
  const auto found = services.store.token(account::hash_secret(token), services.clock().wall);
  if (!found) {
    if (found.error().code != Code::not_found) return fail(found.error());
    return fail(Code::unauthorized, kNoToken);
  }
  auto client = services.store.client(found->client_id);
  // Revoked since the token was found.
  if (!client && client.error().code == Code::not_found) return fail(Code::unauthorized, kNoToken);
  return client;
}

}  // namespace

std::optional<BasicPair> parse_basic(std::string_view authorization) {
  const auto encoded = behind_scheme(authorization, "Basic");
  if (!encoded) return std::nullopt;
  Bytes decoded;
  if (!from_base64(*encoded, decoded)) return std::nullopt;
  const auto text = as_text(decoded);
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  return BasicPair{std::string(text.substr(0, colon)), std::string(text.substr(colon + 1))};
}

Result<account::Client> check_secret(const Services& services, const BasicPair& pair) {
  auto client = services.store.client(pair.id);
  if (!client && client.error().code != Code::not_found) return client;
  // An unknown id costs as much time as a wrong secret.
  const bool matches = account::secret_matches(client.value_or(account::Client{}), pair.secret);
  if (!client || !matches) return fail(Code::unauthorized, "The credentials provided were invalid");
  return client;
}

Result<account::Client> identify(const Services& services, const http::Request& request) {
  const auto authorization = request.headers.get("Authorization");
  if (authorization.empty()) return fail(Code::unauthorized, "Unauthorized");
  if (const auto token = behind_scheme(authorization, "Bearer")) return check_token(services, *token);
  if (!behind_scheme(authorization, "Basic")) {
    return fail(Code::unauthorized, "Authorization must be of the scheme Bearer or Basic");
  }
  if (!services.basic_auth)
    return fail(Code::unauthorized, "Basic authentication is switched off; use a token");
  const auto pair = parse_basic(authorization);
  if (!pair) return fail(Code::unauthorized, "Failed to decode basic authentication token");
  return check_secret(services, *pair);
}

}  // namespace portico::api
