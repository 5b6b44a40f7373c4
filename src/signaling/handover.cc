#include "signaling/handover.h"

#include "sip/message/headers.h"

namespace portico::signaling {

// ACK and CANCEL without a To tag are of an INVITE that came before.
Handover::What what_of(const sip::Message& message) {
  const auto method = message.method();
  if (!message.is_request() || method == sip::Method::ack || method == sip::Method::cancel) {
    return Handover::What::other;
  }
  const auto to = sip::read_to(message);
  return to && !to->tag().empty() ? Handover::What::other : Handover::What::new_request;
}

}  // namespace portico::signaling
