#pragma once
// From the network and the clock to the part of the user agent that is meant. Inside sip/dialog only.

#include "sip/dialog/agent.h"

namespace portico::sip {

void on_request(Agent& agent, Turn& turn, const Flow& flow, Message&& request);
// An answer that copies of the INVITE get again.
void refuse_once(Agent& agent, Turn& turn, const NewRequest& invite, const Refusal& refusal);
bool refuse_spoiled(Agent& agent, Turn& turn, const NewRequest& request, const Refusal& refusal);
void on_response(Agent& agent, Turn& turn, const Flow& flow, Message&& response);
void on_gave_up(Agent& agent, Turn& turn, const GaveUp& gave_up);
void on_session_time(Agent& agent, Turn& turn, Session& session);

}  // namespace portico::sip
