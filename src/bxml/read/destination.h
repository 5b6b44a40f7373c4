#pragma once
// Whom a document may name: E.164 numbers and SIP URIs (contract bxml.md section 3).

#include <string_view>

namespace portico::bxml {

// "+15555551212": '+', then 2 to 15 digits of which the first is not 0.
bool is_phone_number(std::string_view text);

// sip: or sips:, RFC 3261 section 19.1: a host is a must; user, port, parameters and headers may be there.
bool is_sip_uri(std::string_view text);

}  // namespace portico::bxml
