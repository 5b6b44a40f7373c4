#pragma once
// Keeping a session alive and noticing that it is not: RFC 4028 sections 7.4 and 10. Inside sip/dialog only.

#include "sip/dialog/agent.h"

namespace portico::sip {

void on_session_timer(Agent& agent, Turn& turn, Session& session);
void on_refresh_failed(Turn& turn, Session& session, int status);

}  // namespace portico::sip
