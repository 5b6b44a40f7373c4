#pragma once
// What an admitted INVITE tells the application about its caller: contract webhooks.md 4.2, `initiate`.
// Always UTF-8, whatever came in.

#include <boost/json/object.hpp>
#include <string>
#include <string_view>

#include "sip/message/message.h"

namespace portico::signaling {

// "+15551230001" for 7..15 digits, "Anonymous", else the sip: URI of From.
std::string caller_identity(const sip::Message& invite);
// The Request-URI as dialled, without parameters.
std::string called_uri(const sip::Message& invite);
// sipHeaders, diversion and uui, those that the INVITE carries; sipHeaders within limits::kSipHeadersToApp*.
boost::json::object initiate_extras(const sip::Message& invite);

}  // namespace portico::signaling
