#pragma once
// BYE, INFO, REFER, NOTIFY and the other requests of a dialog, both directions (RFC 3261 section 12.2 and
// 15). Inside sip/dialog only.

#include "sip/dialog/agent.h"

namespace portico::sip {

// --- ours ---
Result<void> end_session(Agent& agent, Turn& turn, Session& session, std::string_view reason);
void send_bye(Agent& agent, Turn& turn, Session& session);
Result<RequestId> send_generic(Agent& agent, Turn& turn, Session& session, OutgoingRequest request);
Result<void> answer_generic(Agent& agent, Turn& turn, Session& session, RequestId id, const Refusal& answer);
// Credentials, or none (abandon), for whichever request of this session was challenged.
Result<void> retry_request(Agent& agent, Turn& turn, Session& session, HeaderLines credentials);
Result<void> abandon_request(Agent& agent, Turn& turn, Session& session);
void on_request_response(Agent& agent, Turn& turn, Session& session, TxId tx, Message&& response);
void on_request_gave_up(Agent& agent, Turn& turn, Session& session, const GaveUp& gave_up);
void on_request_time(Agent& agent, Turn& turn, Session& session);

// --- the peer's: a request whose tags name this session ---
void on_dialog_request(Agent& agent, Turn& turn, Session& session, const Flow& flow, Message&& request);

}  // namespace portico::sip
