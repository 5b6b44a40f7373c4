#pragma once
// The first look at a message, before any state: what cannot be read, or claims nonsense, is known by a name
// from here on.

#include <optional>

#include "sip/message/parse.h"
#include "sip/transaction/flow.h"

namespace portico::signaling {

struct Passed {
  std::optional<sip::Message> message;  // its top Via says where it really came from; none: nothing is left
                                        // to do, it is counted
  std::optional<sip::Fault> fault;      // not fit for the user agent
  bool answerable = false;              // then: its sender can be told
};

Passed pass_edge(const sip::Flow& flow, sip::Parsed&& parsed);

}  // namespace portico::signaling
