#pragma once
// Bytes in, Message out (RFC 3261 sections 7 and 25). The buffer is taken over and folded lines are unfolded
// in it, so that no header costs an allocation. Limits are those of base/limits.h. Everything here is hostile
// input.

#include <optional>
#include <string>
#include <string_view>

#include "sip/message/message.h"

namespace portico::sip {

// Why a message is not accepted and how to say so, if it is a request.
struct Fault {
  int status = 0;         // 400, 413, 414, 416, 505
  std::string_view what;  // a literal, fit for a reason phrase and a counter's label
};

// With a fault, `message` holds what could be read until then.
struct Parsed {
  Message message;
  std::optional<Fault> fault;

  bool ok() const { return !fault; }
  // A request other than ACK whose Via, From, To, Call-ID and CSeq are there: the fault can be answered.
  bool answerable() const;
};

// One datagram (UDP, or one WebSocket message): bytes behind Content-Length are dropped, missing ones are a
// fault.
Parsed parse_datagram(std::string bytes);
// One message cut out of a stream by StreamFramer: Content-Length and size agree.
Parsed parse_framed(std::string bytes);

// What RFC 3261 sections 8.1.1, 8.2 and 16.3 demand of any request before anybody looks closer: mandatory
// fields, each of sound grammar and there once, CSeq's method, a Request-URI of a scheme we know.
// Max-Forwards 0 and Require are for whoever knows what the request is for.
std::optional<Fault> validate_request(const Message& request);
// The same for a response; a faulty one is dropped (RFC 3261 section 8.1.3.3, 18.1.2).
std::optional<Fault> validate_response(const Message& response);

}  // namespace portico::sip
