#pragma once
// What is kept of a request so that it can be answered later: the text of the fields that RFC 3261
// section 8.2.6 has copied into the answer, not the request.

#include <string>
#include <string_view>

#include "sip/message/message.h"
#include "sip/message/write.h"
#include "sip/transaction/flow.h"

namespace portico::sip {

// Via, From, To (with `to_tag` where it has none), Call-ID, CSeq, Record-Route, Timestamp: whole lines.
std::string take_answer_head(const Message& request, std::string_view to_tag);

// A whole response: `response` (status line and what else it is to say) with `head` put behind the status
// line.
std::string write_answer(std::string_view head, MessageWriter response, std::string_view content_type = {},
                         std::string_view body = {});

// Where the answer goes (RFC 3261 section 18.2.2, RFC 3581 section 4): back through a stream; over UDP to the
// source address, and to its port if rport was asked for, else to the port of the Via.
Flow answer_flow(const Message& request, const Flow& arrival);

}  // namespace portico::sip
