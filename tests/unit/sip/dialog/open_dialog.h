#pragma once
// A dialog of an agent of one's own, for tests that fill its table of transactions.

#include "sip/dialog/agent.h"
#include "sip/harness.h"

namespace portico::sip::testing {

inline Result<Session*> open_dialog(Agent& agent) {
  auto opened = agent.open({.call_id = "c",
                            .local_tag = "us",
                            .remote_tag = "alice",
                            .local_party = "<sip:app@192.0.2.1>",
                            .remote_party = "<sip:alice@example.com>",
                            .remote_target = "sip:alice@198.51.100.7",
                            .contact = "sip:app@192.0.2.1"},
                           udp_flow(), true);
  if (opened) (*opened)->phase = Phase::confirmed;
  return opened;
}

}  // namespace portico::sip::testing
