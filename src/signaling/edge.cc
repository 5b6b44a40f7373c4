#include "signaling/edge.h"

#include <unordered_map>

#include "base/counters.h"
#include "sip/message/headers.h"
#include "sip/message/write.h"

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

// What an INVITE's scheme is worth is the door's to say, after the source's rate: contract
// voice-applications.md 5.2, steps 2 and 3.
bool is_for_the_door(const sip::Message& request, const sip::Fault& fault) {
  if (fault.status != 416 || request.method() != sip::Method::invite) return false;
  const auto to = sip::read_to(request);
  return to && to->tag().empty();
}

// A refused INVITE is of interest even where nobody can be told: to the owner of the application it named.
Passed refuse(sip::Parsed&& parsed, const sip::Fault& fault, bool stamped) {
  count_refused(fault);
  Passed out;
  out.answerable = stamped && parsed.answerable();
  const bool invite = parsed.message.is_request() && parsed.message.method() == sip::Method::invite;
  if (!out.answerable && !invite) return out;
  out.fault = fault;
  out.message = std::move(parsed.message);
  return out;
}

}  // namespace

Passed pass_edge(const sip::Flow& flow, sip::Parsed&& parsed) {
  auto& message = parsed.message;
  if (parsed.fault) {
    const auto fault = *parsed.fault;
    const bool stamped = parsed.answerable() && sip::stamp_via(message, flow.remote);
    return refuse(std::move(parsed), fault, stamped);
  }
  Passed out;
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
    return refuse(std::move(parsed), *fault, stamped);
  }
  if (stamped) out.message = std::move(message);
  return out;
}

}  // namespace portico::signaling
