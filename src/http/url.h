#pragma once
// URLs as far as Portico looks into them: RFC 3986 percent-encoding, queries, and the parts of an http(s)
// URL.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/message.h"

namespace portico::http {

std::string percent_encode(std::string_view text);   // everything but the unreserved characters
std::string percent_decode(std::string_view text);   // malformed escapes stay as they are
NamedValues parse_query(std::string_view query);     // "+" is a space, as forms send it
std::string write_query(const NamedValues& values);  // "a=1&b=x%20y"
std::string add_query(std::string url,
                      const NamedValues& values);  // keeps the URL's own query and fragment apart

struct Url {
  std::string scheme;      // "http" or "https"
  std::string host;        // lower case, without brackets, decoded: to compare, not to write somewhere
  std::uint16_t port = 0;  // the scheme's default where none is given
  std::string path;        // with query; "/" when empty. Percent-encoding is kept
};
// Absolute http and https URLs of up to limits::kUrlBytesMax bytes, without user name, fragment dropped.
Result<Url> parse_url(std::string_view text);
// Whether a Host field can hold it (RFC 9112 section 3.2): host and perhaps port, or nothing at all.
bool is_host_field(std::string_view text);
// "user:password@" taken out, for logs; text that is no URL stays as it is.
std::string without_userinfo(std::string_view url);
// For sentences that are logged or told: without the query and the fragment too, where tokens like to stand.
std::string name_of_url(std::string_view url);

}  // namespace portico::http
