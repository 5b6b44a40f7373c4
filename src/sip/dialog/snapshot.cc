#include "sip/dialog/snapshot.h"

#include <algorithm>

namespace portico::sip {

Result<SessionSnapshot> take_snapshot(TimePoint now, const Session& session) {
  if (!session.established())
    return fail(Code::conflict, "only established sessions are carried on elsewhere");
  SessionSnapshot out{.dialog = session.dialog,
                      .flow = session.flow,
                      .uas = session.uas,
                      .peer_allows_update = peer_allows(session, Method::update),
                      .peer_supports_timer = session.peer_timer,
                      .session_expires = std::chrono::seconds(session.timer.terms.interval),
                      .we_refresh = session.timer.terms.we_refresh,
                      .local_sdp = session.local_sdp};
  if (session.timer.terms.interval != 0) {
    out.until_timer = std::chrono::duration_cast<Millis>(session.timer.deadline() - now);
  }
  return out;
}

Result<SessionId> restore_session(Agent& agent, TimePoint now, SessionSnapshot snapshot) {
  const Dialog& dialog = snapshot.dialog;
  if (dialog.call_id.empty() || dialog.local_tag.empty() || dialog.remote_target.empty()) {
    return fail(Code::invalid, "the dialog is not whole");
  }
  if (agent.find_dialog(dialog.call_id, dialog.local_tag) != nullptr) {
    return fail(Code::conflict, "the dialog is here already");
  }
  auto opened = agent.open(std::move(snapshot.dialog), snapshot.flow, snapshot.uas);
  if (!opened) return fail(opened.error());
  Session& session = **opened;
  session.phase = Phase::confirmed;
  session.local_sdp = std::move(snapshot.local_sdp);
  session.peer_timer = snapshot.peer_supports_timer;
  if (snapshot.peer_allows_update) {
    session.peer_allow_known = true;
    session.peer_allow = 1U << static_cast<unsigned>(Method::update);
  }
  const TimerTerms terms{static_cast<std::uint32_t>(snapshot.session_expires.count()), snapshot.we_refresh};
  session.timer = start_timer(now, terms);
  // What was left when the snapshot was made is a bound: whoever adopts acts early rather than late.
  TimePoint& next = terms.we_refresh ? session.timer.refresh_at : session.timer.expire_at;
  if (terms.interval != 0) next = std::min(next, now + snapshot.until_timer);
  agent.settle(session);
  return session.id;
}

}  // namespace portico::sip
