#pragma once
// Who asks: a bearer token of ours, or HTTP Basic with a client's id and secret (contract voice-api.md
// section 1).

#include <optional>
#include <string>
#include <string_view>

#include "account/account.h"
#include "api/services.h"
#include "http/message.h"

namespace portico::api {

struct BasicPair {
  std::string id;
  std::string secret;
};
// The credentials of an Authorization header of scheme Basic (RFC 7617); nothing when malformed.
std::optional<BasicPair> parse_basic(std::string_view authorization);

// unauthorized when the pair is not one of ours; busy and so on when the store could not say.
Result<account::Client> check_secret(const Services& services, const BasicPair& pair);

// Errors: unauthorized without credentials that are ours (or where Basic is off), busy and so on when the
// store could not say. Blocks: worker threads only.
Result<account::Client> identify(const Services& services, const http::Request& request);

}  // namespace portico::api
