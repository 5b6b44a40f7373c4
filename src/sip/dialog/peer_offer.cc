// The peer's re-INVITE, UPDATE, and offer in PRACK: taken, answered, refused.

#include <algorithm>

#include "sip/dialog/content.h"
#include "sip/dialog/failover.h"
#include "sip/dialog/invite_uac.h"
#include "sip/dialog/invite_uas.h"
#include "sip/dialog/offer_exchange.h"
#include "sip/dialog/sdp_body.h"
#include "sip/message/headers.h"

namespace portico::sip {
namespace {

// RFC 3261 section 14.2, RFC 3311 section 5.2: try again within ten seconds.
void refuse_for_now(Agent& agent, Turn& turn, Session& session, const Arrival& request, int status) {
  HeaderLines headers;
  if (status == 500) headers.push_back({"Retry-After", std::to_string(random_below(agent.randomness, 11))});
  agent.answer_at_once(turn, session, request, {.status = status, .headers = &headers});
}

// A body that is no session description cannot be an offer. True: refused.
bool refuse_type(Agent& agent, Turn& turn, Session& session, const Arrival& request) {
  const auto refusal = refuse_body(request.message);
  if (!refusal) return false;
  agent.answer_at_once(turn, session, request, {.status = refusal->status, .headers = &refusal->headers});
  return true;
}

// True: the interval is too small, and 422 was sent.
bool refuse_interval(Agent& agent, Turn& turn, Session& session, const Arrival& request,
                     const TimerAsk& ask) {
  const auto min_se = std::max(kMinSeFloor, static_cast<std::uint32_t>(agent.profile.min_se.count()));
  if (!too_short(ask, min_se)) return false;
  const HeaderLines headers{{"Min-SE", std::to_string(min_se)}};
  agent.answer_at_once(turn, session, request, {.status = 422, .headers = &headers});
  return true;
}

// A refresh request without Session-Expires ends the session timer (RFC 4028 section 9).
TimerTerms agree(const Agent& agent, const TimerAsk& ask) {
  return agree_as_answerer(ask, static_cast<std::uint32_t>(agent.profile.session_expires.count()),
                           static_cast<std::uint32_t>(agent.profile.min_se.count()));
}

// An UPDATE of ours without an offer, a refresh, is in nobody's way.
bool our_offer_is_out(const Session& session) {
  const OurOffer* offer = session.our_offer.get();
  return offer != nullptr && offer->tx != TxId::none && !offer->sdp.empty();
}

// Status to refuse a re-INVITE with; 0: take it.
int reinvite_fault(const Session& session) {
  if (session.phase == Phase::ringing ||
      (session.peer_offer && session.peer_offer->method == Method::invite)) {
    return 500;
  }
  if (our_offer_is_out(session) || session.offers == OfferState::we_offered) return 491;
  if (session.phase == Phase::calling || session.phase == Phase::answer_owed) return 491;
  if (session.peer_offer) return 500;
  return session.established() ? 0 : 481;
}

}  // namespace

bool take_offer(Agent& agent, Turn& turn, Session& session, const Arrival& request, const TakeOffer& how) {
  const auto sdp = find_sdp(request.message);
  if (!sdp.empty() && !step(session.offers, OfferInput::got_offer)) {
    refuse_for_now(agent, turn, session, request, session.offers == OfferState::we_offered ? 491 : 500);
    return false;
  }
  const auto tx = agent.table.accept(turn.now, request.flow, request.message, session.dialog.local_tag,
                                     static_cast<TxOwner>(session.id));
  if (!tx) {
    if (!sdp.empty()) step(session.offers, OfferInput::got_refused);
    agent.answer_at_once(turn, session, request, {.status = 503});
    return false;
  }
  try {
    session.peer_offer = std::make_unique<PeerOffer>(PeerOffer{.tx = *tx,
                                                               .method = how.method,
                                                               .cseq = read_cseq(request.message)->number,
                                                               .has_offer = !sdp.empty(),
                                                               .timer = how.timer,
                                                               .ask = how.ask});
    tell(turn, Offer{session.id, std::string(method_name(how.method)), std::string(sdp),
                     request.flow.remote.ip, is_secure(request.flow.transport)});
  } catch (...) {  // nobody would answer it
    agent.table.drop(*tx);
    session.peer_offer.reset();
    if (!sdp.empty()) step(session.offers, OfferInput::got_refused);
    throw;
  }
  return true;
}

void on_reinvite(Agent& agent, Turn& turn, Session& session, const Arrival& invite) {
  if (const int fault = reinvite_fault(session)) return refuse_for_now(agent, turn, session, invite, fault);
  const TimerAsk ask = read_timer_ask(invite.message);
  if (refuse_type(agent, turn, session, invite) || refuse_interval(agent, turn, session, invite, ask)) return;
  // RFC 5407 section 3.1.4: a re-INVITE that overtook the ACK says that our 2xx arrived.
  if (session.ack_wait) acknowledged(agent, turn, session, {});
  if (session.phase == Phase::closing) {
    return agent.answer_at_once(turn, session, invite, {.status = 481});
  }
  take_target(turn, session, invite.message, invite.flow);
  learn_peer(session, invite.message);
  take_offer(agent, turn, session, invite,
             {.method = Method::invite, .timer = agree(agent, ask), .ask = ask});
}

void on_update(Agent& agent, Turn& turn, Session& session, const Arrival& update) {
  const TimerAsk ask = read_timer_ask(update.message);
  if (refuse_type(agent, turn, session, update) || refuse_interval(agent, turn, session, update, ask)) return;
  const bool has_offer = !find_sdp(update.message).empty();
  if (has_offer && our_offer_is_out(session)) return refuse_for_now(agent, turn, session, update, 491);
  if (has_offer && session.peer_offer) return refuse_for_now(agent, turn, session, update, 500);
  const TimerTerms terms = session.established() ? agree(agent, ask) : TimerTerms{};
  learn_peer(session, update.message);
  if (has_offer) {
    if (take_offer(agent, turn, session, update, {.method = Method::update, .timer = terms, .ask = ask})) {
      take_target(turn, session, update.message, update.flow);
    }
    return;
  }
  take_target(turn, session, update.message, update.flow);
  agent.answer_at_once(turn, session, update,
                       {.status = 200, .timer = terms, .require_timer = ask.supported, .full = true});
  if (session.established()) session.timer = start_timer(turn.now, terms);
}

Result<void> answer_peer_offer(Agent& agent, Turn& turn, Session& session, std::string sdp) {
  if (sdp.empty()) return fail(Code::invalid, "a session description is needed");
  if (owes_answer(session)) return answer_in_prack_or_ack(agent, turn, session, std::move(sdp));
  if (!session.peer_offer) return fail(Code::conflict, "no offer waits for an answer");
  const std::unique_ptr<PeerOffer> offer = std::move(session.peer_offer);
  step(session.offers, offer->has_offer ? OfferInput::send_answer : OfferInput::send_offer);
  if (offer->method == Method::invite) {
    send_2xx(agent, turn, session,
             {.tx = offer->tx,
              .cseq = offer->cseq,
              .sdp = sdp,
              .offered = !offer->has_offer,
              .timer = offer->timer,
              .ask = offer->ask});
    return {};
  }
  agent.send_answer(turn, session, offer->tx,
                    {.status = 200,
                     .body_type = kSdpType,
                     .body = sdp,
                     .timer = offer->timer,
                     .require_timer = offer->ask.supported,
                     .full = offer->method == Method::update});
  if (offer->method == Method::update && session.established()) {
    session.timer = start_timer(turn.now, offer->timer);
  }
  keep_local_sdp(session, sdp);
  return {};
}

Result<void> refuse_peer_offer(Agent& agent, Turn& turn, Session& session, const Refusal& refusal) {
  if (!session.peer_offer) return fail(Code::conflict, "no offer waits for an answer");
  if (refusal.status < 300 || refusal.status > 699) return fail(Code::invalid, "a refusal is 300 to 699");
  const std::unique_ptr<PeerOffer> offer = std::move(session.peer_offer);
  if (offer->has_offer) step(session.offers, OfferInput::got_refused);
  agent.send_answer(turn, session, offer->tx,
                    {.status = refusal.status, .reason = refusal.reason, .headers = &refusal.headers});
  return {};
}

void withdraw_peer_offer(Agent& agent, Turn& turn, Session& session) {
  tell(turn, OfferWithdrawn{session.id});
  (void)refuse_peer_offer(agent, turn, session, {.status = 487});
}

}  // namespace portico::sip
