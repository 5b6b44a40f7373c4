// Our re-INVITE, UPDATE and refresh: sent, tried again after glare, answered.

#include <algorithm>

#include "base/limits.h"
#include "sip/dialog/failover.h"
#include "sip/dialog/offer_exchange.h"
#include "sip/dialog/refresh.h"
#include "sip/dialog/sdp_body.h"
#include "sip/message/headers.h"

namespace portico::sip {
namespace {

// RFC 3261 section 14.1, in units of 10 ms: whoever made the Call-ID waits longer.
Duration glare_delay(Agent& agent, bool owns_call_id) {
  const auto tens =
      owns_call_id ? 210 + random_below(agent.randomness, 191) : random_below(agent.randomness, 201);
  return tens * 10ms;
}

bool transmit(Agent& agent, Turn& turn, Session& session) {
  OurOffer& offer = *session.our_offer;
  const auto tx = agent.send_request(turn, session, session.dialog,
                                     {.method = method_name(offer.method),
                                      .cseq = offer.cseq,
                                      .credentials = &offer.credentials,
                                      .body_type = kSdpType,
                                      .body = offer.sdp});
  offer.tx = tx ? *tx : TxId::none;
  offer.hop = session.hop;
  return tx.has_value();
}

bool send_our_offer(Agent& agent, Turn& turn, Session& session) {
  OurOffer& offer = *session.our_offer;
  const bool offers = !offer.sdp.empty();
  offer.retry_at = kNever;
  offer.give_up_at = kNever;
  offer.cseq = ++session.dialog.local_cseq;
  if (offers) step(session.offers, OfferInput::send_offer);
  if (transmit(agent, turn, session)) return true;
  if (offers) step(session.offers, OfferInput::send_refused);
  return false;
}

// The peer's own offer came while ours waited for its next try.
bool is_blocked(const Session& session) {
  return session.peer_offer || session.ack_wait || session.offers != OfferState::idle;
}

// The same request, CSeq included, at the next address. The offer is still out.
bool try_next_hop(Agent& agent, Turn& turn, Session& session) {
  return move_on(session, session.our_offer->hop) && transmit(agent, turn, session);
}

void acknowledge_reinvite(Agent& agent, Turn& turn, Session& session, const OurOffer& offer) {
  if (offer.method != Method::invite) return;
  agent.send_ack(turn, session, offer.tx,
                 {.method = "ACK", .cseq = offer.cseq, .credentials = &offer.credentials});
}

void on_accepted(Agent& agent, Turn& turn, Session& session, const Message& response) {
  const std::unique_ptr<OurOffer> offer = std::move(session.our_offer);
  take_target(turn, session, response, session.flow);
  learn_peer(session, response);
  acknowledge_reinvite(agent, turn, session, *offer);
  // Early UPDATEs do not start the session timer: the INVITE's 2xx does.
  if (session.established()) {
    session.timer = start_timer(turn.now, agree_as_asker(response, session.min_se));
  }
  const std::string sdp(find_sdp(response));
  if (!offer->sdp.empty()) {
    step(session.offers, sdp.empty() ? OfferInput::send_refused : OfferInput::got_answer);
    if (!sdp.empty()) keep_local_sdp(session, offer->sdp);
  }
  // The answer to a refresh may name another address or key than the one before.
  if (offer->refresh && sdp.empty()) return;
  tell(turn, OfferAnswered{session.id, std::string(method_name(offer->method)), sdp, std::move(offer->sdp),
                           is_secure(session.flow.transport)});
}

bool retry_later(Agent& agent, Turn& turn, Session& session) {
  OurOffer& offer = *session.our_offer;
  if (++offer.retries > limits::kSipGlareRetriesMax) return false;
  offer.tx = TxId::none;
  offer.retry_at = turn.now + glare_delay(agent, !session.uas);
  return true;
}

bool retry_longer(Agent& agent, Turn& turn, Session& session, const Message& response) {
  const auto min_se = read_number(response, Header::min_se);
  if (!min_se || ++session.our_offer->retries > limits::kSipGlareRetriesMax) return false;
  session.min_se = std::max(session.min_se, *min_se);
  session.timer.terms.interval = std::max(session.timer.terms.interval, session.min_se);
  return send_our_offer(agent, turn, session);
}

bool wait_for_credentials(Turn& turn, Session& session, Message& response) {
  OurOffer& offer = *session.our_offer;
  offer.tx = TxId::none;
  offer.challenged = true;
  offer.give_up_at = turn.now + kChallengeLife;
  tell(turn, Challenged{session.id, std::string(method_name(offer.method)), std::move(response)});
  return true;
}

}  // namespace

void keep_local_sdp(Session& session, std::string_view sdp) {
  // A refresh that waits for its next try repeats what holds by then.
  OurOffer* waiting = session.our_offer.get();
  if (waiting != nullptr && waiting->refresh && !waiting->sdp.empty() && !sdp.empty()) waiting->sdp = sdp;
  if (sdp.empty()) return;
  session.local_sdp = sdp;
  session.local_sdp.shrink_to_fit();
}

Result<void> make_offer(Agent& agent, Turn& turn, Session& session, NewOffer offer) {
  const bool update = offer.method == Method::update;
  const bool early = session.phase == Phase::ringing || session.phase == Phase::calling;
  if (session.dialog.remote_tag.empty() && !session.uas)
    return fail(Code::conflict, "there is no dialog yet");
  if (!session.established() && !(update && early))
    return fail(Code::conflict, "the session is not established");
  // RFC 3261 section 14.1: not before the peer's INVITE is over, the first or a later one.
  if (session.ack_wait && !update) return fail(Code::conflict, "the ACK is awaited");
  if (session.our_offer || session.peer_offer || session.offers != OfferState::idle) {
    return fail(Code::conflict, "another offer is under way");
  }
  if (offer.sdp.empty() && !update) return fail(Code::invalid, "a re-INVITE needs an offer");
  if (update && session.peer_allow_known && !peer_allows(session, Method::update)) {
    return fail(Code::unsupported, "the peer does not take UPDATE");
  }
  session.our_offer = std::make_unique<OurOffer>(
      OurOffer{.method = offer.method, .sdp = std::move(offer.sdp), .refresh = offer.refresh});
  if (send_our_offer(agent, turn, session)) return {};
  session.our_offer.reset();
  return fail(Code::busy, "SIP transactions");
}

Result<void> retry_offer(Agent& agent, Turn& turn, Session& session, HeaderLines credentials) {
  session.our_offer->challenged = false;
  session.our_offer->credentials = std::move(credentials);
  if (is_blocked(session)) {
    session.our_offer->give_up_at = kNever;
    session.our_offer->retry_at = turn.now + glare_delay(agent, !session.uas);
    return {};
  }
  if (send_our_offer(agent, turn, session)) return {};
  end_our_offer(agent, turn, session, {.status = 503, .reason = "SIP transactions are used up"});
  return fail(Code::busy, "SIP transactions");
}

void on_offer_response(Agent& agent, Turn& turn, Session& session, Message&& response) {
  const int status = response.status();
  if (status < 200) return;
  if (status < 300) return on_accepted(agent, turn, session, response);
  if (is_failure(status) && try_next_hop(agent, turn, session)) return;
  // Refused, so nothing is pending: the peer may offer while ours waits for its next try.
  if (!session.our_offer->sdp.empty()) step(session.offers, OfferInput::send_refused);
  if (status == 491 && retry_later(agent, turn, session)) return;
  if (status == 422 && retry_longer(agent, turn, session, response)) return;
  if ((status == 401 || status == 407) && !session.our_offer->challenged &&
      session.our_offer->credentials.empty() && wait_for_credentials(turn, session, response)) {
    return;
  }
  OfferEnd end{.status = status, .reason = std::string(response.reason())};
  if (const auto after = read_retry_after(response)) end.retry_after = std::chrono::seconds(after->seconds);
  end_our_offer(agent, turn, session, std::move(end));
}

void on_offer_gave_up(Agent& agent, Turn& turn, Session& session, const GaveUp& gave_up) {
  if (!gave_up.heard && try_next_hop(agent, turn, session)) return;
  if (!session.our_offer->sdp.empty()) step(session.offers, OfferInput::send_refused);
  const int status = gave_up.transport_failed ? 503 : 408;
  end_our_offer(agent, turn, session, {.status = status, .reason = "No answer", .unheard = true});
}

void end_our_offer(Agent& /*agent*/, Turn& turn, Session& session, OfferEnd end) {
  const std::unique_ptr<OurOffer> offer = std::move(session.our_offer);
  if (offer->refresh) return on_refresh_failed(turn, session, offer->method, end);
  tell(turn, OfferRefused{session.id, std::string(method_name(offer->method)), end.status,
                          std::move(end.reason), end.retry_after});
  on_dialog_lost(turn, session, end.status);
}

void on_offer_time(Agent& agent, Turn& turn, Session& session) {
  OurOffer* offer = session.our_offer.get();
  if (offer == nullptr) return;
  if (offer->give_up_at <= turn.now) {
    return end_our_offer(agent, turn, session, {.status = 407, .reason = "No credentials"});
  }
  if (offer->retry_at > turn.now) return;
  if (is_blocked(session)) {
    offer->retry_at = turn.now + glare_delay(agent, !session.uas);
  } else if (!send_our_offer(agent, turn, session)) {
    end_our_offer(agent, turn, session, {.status = 503, .reason = "SIP transactions are used up"});
  }
}

}  // namespace portico::sip
