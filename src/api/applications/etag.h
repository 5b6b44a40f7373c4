#pragma once
// An application's version as an entity tag (RFC 9110 section 8.8.3).

#include <cstdint>
#include <string>
#include <string_view>

namespace portico::api {

std::string etag_of(std::uint64_t version);  // "\"7\""

// If-Match (RFC 9110 section 13.1.1): true when it is absent, "*", or lists the version's tag. Weak tags
// never match.
bool if_match(std::string_view header, std::uint64_t version);

}  // namespace portico::api
