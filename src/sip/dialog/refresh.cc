#include "sip/dialog/refresh.h"

#include <algorithm>

namespace portico::sip {
namespace {

constexpr std::chrono::seconds kRefreshRetry{10};  // after a refusal that does not end the session

void expire(Turn& turn, Session& session, std::string_view why) {
  session.timer = {};
  tell(turn, SessionExpired{session.id, why});
}

void refresh(Agent& agent, Turn& turn, Session& session) {
  session.timer.refresh_at = turn.now + kRefreshRetry;
  const bool by_update = peer_allows(session, Method::update);
  if (!by_update && session.local_sdp.empty()) return;
  NewOffer offer{.method = by_update ? Method::update : Method::invite, .refresh = true};
  if (!by_update) offer.sdp = session.local_sdp;
  // Another offer under way refreshes too; if it does not, the next try comes.
  if (make_offer(agent, turn, session, std::move(offer))) session.timer.refresh_at = kNever;
}

}  // namespace

void on_session_timer(Agent& agent, Turn& turn, Session& session) {
  if (session.timer.expire_at <= turn.now) {
    return expire(turn, session,
                  session.timer.terms.we_refresh
                      ? "the session timer ran out: the party took no refresh of ours"
                      : "the session timer ran out: the party did not refresh it");
  }
  if (session.timer.refresh_at <= turn.now) refresh(agent, turn, session);
}

void on_refresh_failed(Turn& turn, Session& session, Method method, const OfferEnd& end) {
  // A B2BUA in between may have passed on an Allow that is not its own, and some take no UPDATE without SDP.
  // The next try is a re-INVITE, unless it was refused for the moment only.
  if (end.status != 491 && end.status != 503) session.peer_allow &= ~(1U << static_cast<unsigned>(method));
  if (session.timer.terms.interval == 0) return;
  // RFC 4028 section 10: without an answer, or without a dialog at the other end, the session is over. Any
  // other refusal, a 503 among them, is of this transaction (RFC 5057 section 5.1).
  if (end.unheard || end.status == 408 || end.status == 481) {
    return expire(turn, session,
                  end.status == 481 ? "the party answered the refresh with 481: it has no such call"
                                    : "the party did not answer the refresh of the session");
  }
  auto& timer = session.timer;
  timer.refresh_at = turn.now + std::max(kRefreshRetry, end.retry_after.value_or(kRefreshRetry));
  // One try that comes too early for an overloaded peer costs less than the call.
  const auto last_try = timer.expire_at - kRefreshRetry;
  if (timer.refresh_at >= timer.expire_at && turn.now < last_try) timer.refresh_at = last_try;
}

void on_dialog_lost(Turn& turn, Session& session, int status) {
  if (!session.established() || (status != 408 && status != 481)) return;
  expire(turn, session,
         status == 481 ? "the party answered a request with 481: it has no such call"
                       : "the party did not answer a request");
}

}  // namespace portico::sip
