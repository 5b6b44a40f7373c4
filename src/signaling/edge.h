#pragma once
// The first look at a message, before any state: what cannot be read, or claims nonsense, ends here with a
// name.

#include <optional>
#include <string_view>

#include "sip/message/parse.h"
#include "sip/transaction/send.h"

namespace portico::signaling {

struct Passed {
  std::optional<sip::Message> message;  // fit for the user agent; its top Via says where it really came from
  sip::Send reply;                      // else: what to send back; no bytes: nothing
  std::optional<sip::Fault> fault;      // why it ended here
  sip::Message refused;                 // what could be read of a request that did
};

// `to_tag`: for answers made here.
Passed pass_edge(const sip::Flow& flow, sip::Parsed&& parsed, std::string_view to_tag);

}  // namespace portico::signaling
