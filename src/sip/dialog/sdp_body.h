#pragma once
// The session description a message carries, also as one part of a multipart body (RFC 5621 section 3). Its
// content is not looked at here.

#include <string_view>

#include "sip/message/message.h"

namespace portico::sip {

// "" when there is none. A view into the message.
std::string_view find_sdp(const Message& message);

}  // namespace portico::sip
