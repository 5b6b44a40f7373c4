#pragma once
// Percent escapes of URIs (RFC 3261 section 25.1 "escaped") and quoted strings of header fields.

#include <string>
#include <string_view>

namespace portico::sip {

// "%41" -> "A". A '%' that two hex digits do not follow stays as it is.
std::string unescape(std::string_view text);
// Escapes all but unreserved and user-unreserved characters: for the user part of a SIP URI.
std::string escape_user(std::string_view text);
// For the values of URI parameters (param-unreserved) and URI headers (hnv-unreserved).
std::string escape_param(std::string_view text);
std::string escape_uri_header(std::string_view text);
bool well_formed_escapes(std::string_view text);  // each '%' is followed by two hex digits

// Takes the quotes and the backslashes away; text that is not quoted comes back as it is.
std::string unquote(std::string_view text);
// Puts quotes around and backslashes before '"' and '\'; CR, LF and NUL become blanks.
std::string quote(std::string_view text);

}  // namespace portico::sip
