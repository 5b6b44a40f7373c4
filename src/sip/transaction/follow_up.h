#pragma once
// The two requests that a client transaction makes out of its INVITE: ACK to a refusal (RFC 3261
// section 17.1.1.3) and CANCEL (section 9.1).

#include <string>
#include <string_view>

#include "sip/message/message.h"

namespace portico::sip {

// What is kept of an INVITE for that: request line, top Via, Route, From, To, Call-ID, CSeq. A SIP message
// itself.
std::string take_request_head(std::string_view invite);

std::string write_refusal_ack(std::string_view request_head, const Message& response);

struct Cancel {
  std::string branch;  // the INVITE's
  std::string bytes;   // empty: the head was unusable
};
Cancel write_cancel(std::string_view request_head, std::string_view reason);

}  // namespace portico::sip
