#pragma once
// Our INVITE until its final answer, and its forks: RFC 3261 section 13.2 and 9.1. Inside sip/dialog only.

#include "sip/dialog/agent.h"

namespace portico::sip {

Result<SessionId> start_invite(Agent& agent, Turn& turn, OutgoingInvite invite);
Result<void> cancel_invite(Agent& agent, Turn& turn, Session& session, std::string_view reason);
Result<void> retry_invite(Agent& agent, Turn& turn, Session& session, HeaderLines credentials);
void abandon_invite(Agent& agent, Turn& turn, Session& session);  // no credentials for the challenge
// The caller owed an answer: in PRACK, or in the ACK.
Result<void> answer_in_prack_or_ack(Agent& agent, Turn& turn, Session& session, std::string sdp);
bool owes_answer(const Session& session);

void on_invite_response(Agent& agent, Turn& turn, Session& session, const Flow& flow, Message&& response);
// A 2xx that has no ACK yet, to an INVITE that has its winner already or was given up.
void on_extra_2xx(Agent& agent, Turn& turn, const Session& session, TxId tx, const Flow& flow,
                  const Message& response);
void on_invite_gave_up(Agent& agent, Turn& turn, Session& session, bool transport_failed);
void on_uac_time(Agent& agent, Turn& turn, Session& session);

}  // namespace portico::sip
