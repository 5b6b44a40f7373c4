#pragma once
// User-To-User values (RFC 7433, contract bxml.md section 3).

#include <string_view>

namespace portico::bxml {

// "<data>;encoding=base64|jwt|hex", or several joined by commas as the `initiate` event has them; at most 256
// characters in all, the data in its encoding's alphabet. Safe to put into a header field as it is.
bool is_uui(std::string_view text);

}  // namespace portico::bxml
