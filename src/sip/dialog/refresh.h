#pragma once
// Keeping a session alive and noticing that it is not: RFC 4028 sections 7.4 and 10, RFC 3261 section
// 12.2.1.2. Inside sip/dialog only.

#include "sip/dialog/offer_exchange.h"

namespace portico::sip {

void on_session_timer(Agent& agent, Turn& turn, Session& session);
void on_refresh_failed(Turn& turn, Session& session, Method method, const OfferEnd& end);
// Another request of ours than a refresh was answered so (408: not at all): 408 and 481 end an established
// session.
void on_dialog_lost(Turn& turn, Session& session, int status);

}  // namespace portico::sip
