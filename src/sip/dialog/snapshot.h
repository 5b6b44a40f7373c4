#pragma once
// A session as a value and back, for another node to go on with. Inside sip/dialog only.

#include "sip/dialog/agent.h"

namespace portico::sip {

Result<SessionSnapshot> take_snapshot(TimePoint now, const Session& session);
Result<SessionId> restore_session(Agent& agent, TimePoint now, SessionSnapshot snapshot);

}  // namespace portico::sip
