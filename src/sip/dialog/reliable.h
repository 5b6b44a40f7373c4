#pragma once
// Reliable provisional responses and PRACK, both roles: RFC 3262. Inside sip/dialog only.

#include "sip/dialog/agent.h"

namespace portico::sip {

// One at a time: while a PRACK is awaited, further ones queue (limits::kSipReliableQueueMax).
Result<void> send_reliable(Agent& agent, Turn& turn, Session& session, Ring ring);
void on_prack(Agent& agent, Turn& turn, Session& session, const Arrival& prack);
void on_reliable_time(Agent& agent, Turn& turn, Session& session);

// What a 1xx to our INVITE asks of us.
enum class Reliability : std::uint8_t {
  plain,     // not reliable
  in_order,  // to be acknowledged
  ignore,    // a repetition, or one came before it that we have not seen
};
Reliability judge_reliable(UacInvite::Fork& fork, const Message& response);
void send_prack(Agent& agent, Turn& turn, Session& session, Dialog& dialog, std::uint32_t rseq,
                std::string sdp);

}  // namespace portico::sip
