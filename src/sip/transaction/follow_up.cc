#include "sip/transaction/follow_up.h"

#include "sip/message/headers.h"
#include "sip/message/parse.h"
#include "sip/message/write.h"

namespace portico::sip {
namespace {

// Request line, Via, Route, From; To, Call-ID, CSeq and the end are the caller's.
MessageWriter start(const Message& invite, Method method) {
  auto writer = MessageWriter::request(method, invite.request_uri());
  writer.add(Header::via, invite.values(Header::via).front());
  writer.copy(invite, Header::route);
  writer.copy(invite, Header::from);
  return writer;
}

std::uint32_t cseq_number(const Message& invite) {
  const auto cseq = read_cseq(invite);
  return cseq ? cseq->number : 0;
}

}  // namespace

std::string take_request_head(std::string_view invite) {
  const auto parsed = parse_datagram(std::string(invite));
  const Message& message = parsed.message;
  auto writer = start(message, Method::invite);
  writer.copy(message, Header::to).copy(message, Header::call_id).copy(message, Header::cseq);
  return writer.finish();
}

std::string write_refusal_ack(std::string_view request_head, const Message& response) {
  const auto parsed = parse_datagram(std::string(request_head));
  auto writer = start(parsed.message, Method::ack);
  writer.copy(response, Header::to).copy(parsed.message, Header::call_id);
  writer.add_cseq(cseq_number(parsed.message), Method::ack).add_number(Header::max_forwards, 70);
  return writer.finish();
}

Cancel write_cancel(std::string_view request_head, std::string_view reason) {
  const auto parsed = parse_datagram(std::string(request_head));
  const Message& invite = parsed.message;
  const auto via = read_top_via(invite);
  if (!via) return {};
  auto writer = start(invite, Method::cancel);
  writer.copy(invite, Header::to).copy(invite, Header::call_id);
  writer.add_cseq(cseq_number(invite), Method::cancel).add_number(Header::max_forwards, 70);
  if (!reason.empty()) writer.add(Header::reason, reason);
  return {.branch = std::string(via->branch()), .bytes = writer.finish()};
}

}  // namespace portico::sip
