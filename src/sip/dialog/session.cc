#include "sip/dialog/session.h"

#include <algorithm>

#include "sip/message/headers.h"

namespace portico::sip {

TimePoint next_deadline(const Session& s) {
  TimePoint next = s.timer.deadline();
  const auto take = [&next](TimePoint t) { next = std::min(next, t); };
  if (s.uas_invite) {
    take(std::min(s.uas_invite->repeat_at, s.uas_invite->expires_at));
    if (const auto& u = s.uas_invite->unacknowledged) take(std::min(u->repeat_at, u->give_up_at));
  }
  if (s.uac_invite) take(s.uac_invite->give_up_at);
  if (s.ack_wait) take(std::min(s.ack_wait->repeat_at, s.ack_wait->give_up_at));
  if (s.our_offer) take(std::min(s.our_offer->retry_at, s.our_offer->give_up_at));
  for (const auto& request : s.our_requests) take(request.give_up_at);
  return next;
}

bool peer_allows(const Session& session, Method method) {
  return session.peer_allow_known && (session.peer_allow >> static_cast<unsigned>(method) & 1U) != 0;
}

void learn_peer(Session& session, const Message& message) {
  if (message.has(Header::allow)) {
    session.peer_allow = 0;
    for (const auto name : message.values(Header::allow)) {
      session.peer_allow |= 1U << static_cast<unsigned>(find_method(name));
    }
    session.peer_allow_known = true;
  }
  if (message.has(Header::supported)) {
    session.peer_100rel = lists_token(message, Header::supported, "100rel");
    session.peer_timer = lists_token(message, Header::supported, "timer");
  }
  session.peer_100rel |= lists_token(message, Header::require, "100rel");
  // RFC 4028 section 7.4: refreshes of ours keep to it.
  if (message.is_request()) {
    session.min_se = std::max(session.min_se, read_number(message, Header::min_se).value_or(0));
  }
}

}  // namespace portico::sip
