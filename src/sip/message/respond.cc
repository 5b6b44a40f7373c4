// Answers to requests: RFC 3261 section 8.2.6.

#include "sip/message/headers.h"
#include "sip/message/write.h"

namespace portico::sip {

MessageWriter respond(const Message& request, const Reply& reply) {
  auto out = MessageWriter::response(reply.status, reply.reason);
  out.copy(request, Header::via);
  if (reply.record_route) out.copy(request, Header::record_route);
  out.add(Header::from, request.value(Header::from));
  const auto to_value = request.value(Header::to);
  std::string_view tag;
  if (!reply.to_tag.empty() && reply.status != 100) {
    const auto to = read_to(request);
    if (to && to->tag().empty()) tag = reply.to_tag;
  }
  out.add(Header::to, {to_value, tag.empty() ? "" : ";tag=", tag});
  out.add(Header::call_id, request.value(Header::call_id));
  out.add(Header::cseq, request.value(Header::cseq));
  if (reply.status == 100) out.copy(request, Header::timestamp);
  return out;
}

}  // namespace portico::sip
