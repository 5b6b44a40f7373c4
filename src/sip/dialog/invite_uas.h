#pragma once
// The peer's INVITE, until its ACK: RFC 3261 section 13.3 and 9.2. Inside sip/dialog only.

#include "sip/dialog/agent.h"

namespace portico::sip {

// 422, where the peer asks for a shorter session timer than we take.
std::optional<Refusal> refuse_interval(const UserAgentProfile& profile, const TimerAsk& ask);
Result<SessionId> accept_invite(Agent& agent, TimePoint now, const NewRequest& invite);
Result<void> trying(Agent& agent, Turn& turn, Session& session);
Result<void> ring(Agent& agent, Turn& turn, Session& session, Ring ring);
Result<void> answer_invite(Agent& agent, Turn& turn, Session& session, std::string sdp, HeaderLines headers);
Result<void> reject_invite(Agent& agent, Turn& turn, Session& session, const Refusal& refusal);

// A CANCEL that found the transaction of this session's INVITE or re-INVITE; it was answered already.
void on_cancel(Agent& agent, Turn& turn, Session& session, TxId tx, std::string_view reason);
void on_ack(Agent& agent, Turn& turn, Session& session, const Message& ack);
// Our 2xx has arrived; a BYE that waited for that goes out. `sdp`: the answer that came with the ACK.
void acknowledged(Agent& agent, Turn& turn, Session& session, std::string sdp);
void on_uas_time(Agent& agent, Turn& turn, Session& session);

// Sends a 2xx with or without SDP and repeats it until the ACK; for re-INVITE too.
struct Accepting {
  TxId tx = TxId::none;
  std::uint32_t cseq = 0;
  std::string_view sdp;
  bool offered = false;  // `sdp` is an offer: the ACK brings the answer
  TimerTerms timer;
  TimerAsk ask;
  const HeaderLines* headers = nullptr;
};
void send_2xx(Agent& agent, Turn& turn, Session& session, const Accepting& accepting);
// Carries out an answer that had to wait for PRACK.
void send_waiting_answer(Agent& agent, Turn& turn, Session& session);

}  // namespace portico::sip
