#pragma once
// The first look at a message, before any state: what cannot be read, or claims nonsense, is known by a name
// from here on.

#include <optional>

#include "sip/message/parse.h"
#include "sip/transaction/flow.h"

namespace portico::signaling {

struct Passed {
  // Its top Via says where it really came from (RFC 3261 section 18.2.1). None: it is counted, and nothing is
  // left to do.
  std::optional<sip::Message> message;
  std::optional<sip::Fault> fault;  // why the user agent must not see it
  bool answerable = false;          // with a fault: a request that can be answered with it
};

// `flow`: where the message came from. Counts what it drops.
Passed pass_edge(const sip::Flow& flow, sip::Parsed&& parsed);

}  // namespace portico::signaling
