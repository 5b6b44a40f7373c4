#include "signaling/edge.h"

#include <unordered_map>

#include "base/counters.h"
#include "sip/message/headers.h"
#include "sip/message/write.h"
#include "sip/transaction/answer_head.h"

namespace portico::signaling {
namespace {

// A flood of garbage passes here. What a fault is called is a literal, so its address names it: the registry
// of counters, and its lock, is asked once a thread and name.
void count_refused(const sip::Fault& fault) {
  thread_local std::unordered_map<const char*, Counter*> known;
  auto*& found = known[fault.what.data()];
  if (found == nullptr) {
    found = &counter("portico_sip_messages_refused_total",
                     "SIP messages that could not be read or break the grammar",
                     {{"what", std::string(fault.what)}});
  }
  found->add();
}

sip::Send refuse(const sip::Message& request, const sip::Flow& flow, const sip::Fault& fault,
                 std::string_view to_tag) {
  return {sip::answer_flow(request, flow),
          sip::respond(request, {.status = fault.status, .reason = fault.what, .to_tag = to_tag}).finish()};
}

// What an INVITE's scheme is worth is the door's to say, after the source's rate: contract
// voice-applications.md 5.2, steps 2 and 3.
bool is_for_the_door(const sip::Message& request, const sip::Fault& fault) {
  if (fault.status != 416 || request.method() != sip::Method::invite) return false;
  const auto to = sip::read_to(request);
  return to && to->tag().empty();
}

}  // namespace

Passed pass_edge(const sip::Flow& flow, sip::Parsed&& parsed, std::string_view to_tag) {
  Passed out;
  if (parsed.fault) {
    count_refused(*parsed.fault);
    if (parsed.answerable() && sip::stamp_via(parsed.message, flow.remote)) {
      out.reply = refuse(parsed.message, flow, *parsed.fault, to_tag);
    }
    out.fault = parsed.fault;
    out.refused = std::move(parsed.message);
    return out;
  }
  auto& message = parsed.message;
  if (!message.is_request()) {
    if (const auto fault = sip::validate_response(message)) {
      count_refused(*fault);
      return out;
    }
    out.message = std::move(message);
    return out;
  }
  // Before anything is read: the stamp moves the text that what was read would point into.
  const bool stamped = sip::stamp_via(message, flow.remote);
  if (const auto fault = sip::validate_request(message); fault && !is_for_the_door(message, *fault)) {
    count_refused(*fault);
    if (message.method() != sip::Method::ack && parsed.answerable() && stamped) {
      out.reply = refuse(message, flow, *fault, to_tag);
    }
    out.fault = fault;
    out.refused = std::move(message);
    return out;
  }
  if (!stamped) return out;
  out.message = std::move(message);
  return out;
}

}  // namespace portico::signaling
