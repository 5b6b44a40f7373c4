#include "sip/dialog/invite_uas.h"

#include <algorithm>

#include "base/limits.h"
#include "sip/dialog/in_dialog.h"
#include "sip/dialog/offer_exchange.h"
#include "sip/dialog/reliable.h"
#include "sip/dialog/sdp_body.h"
#include "sip/message/headers.h"

namespace portico::sip {
namespace {

Agent::Answer refusal_answer(const Refusal& refusal) {
  return {.status = refusal.status, .reason = refusal.reason, .headers = &refusal.headers};
}

// The Contact of a dialog that we answer keeps the user that was called.
std::string own_contact(const Agent& agent, const NewRequest& invite) {
  const auto uri = parse_uri(invite.request.request_uri());
  const bool usable = uri && uri->is_sip();
  return agent.contact_uri(invite.flow, usable ? uri->user : std::string_view{},
                           usable && uri->scheme == Scheme::sips);
}

std::unique_ptr<UasInvite> read_invite(Agent& agent, const Message& request) {
  auto invite = std::make_unique<UasInvite>();
  invite->cseq = read_cseq(request)->number;
  invite->has_offer = !find_sdp(request).empty();
  invite->requires_100rel = lists_token(request, Header::require, "100rel");
  invite->supports_100rel = invite->requires_100rel || lists_token(request, Header::supported, "100rel");
  invite->next_rseq = 1 + random_below(agent.randomness, 1U << 30U);
  return invite;
}

// What an SDP in a 1xx would be: nothing, an answer, or an offer.
Result<void> check_ring_sdp(const Session& session, const Ring& ring) {
  const UasInvite& invite = *session.uas_invite;
  if (ring.sdp.empty()) return {};
  if (invite.has_offer && session.offers != OfferState::peer_offered) {
    return fail(Code::conflict, "the offer is answered already");
  }
  if (!invite.has_offer && !ring.reliable) return fail(Code::conflict, "an offer needs a reliable answer");
  if (!invite.has_offer && session.offers != OfferState::idle) {
    return fail(Code::conflict, "an offer is under way");
  }
  return {};
}

void send_plain_ring(Agent& agent, Turn& turn, Session& session, Ring ring) {
  UasInvite& invite = *session.uas_invite;
  agent.send_answer(turn, session, invite.tx,
                    {.status = ring.status,
                     .headers = &ring.headers,
                     .body_type = kSdpType,
                     .body = ring.sdp,
                     .full = true});
  invite.last_ring = std::move(ring);
  invite.repeat_at = turn.now + kProvisionalRepeat;
}

Result<void> send_ring(Agent& agent, Turn& turn, Session& session, Ring ring) {
  if (ring.reliable) return send_reliable(agent, turn, session, std::move(ring));
  send_plain_ring(agent, turn, session, std::move(ring));
  return {};
}

// The peer gave it up, or gave it no longer than this.
void end_invite(Agent& agent, Turn& turn, Session& session, std::string_view reason) {
  agent.send_answer(turn, session, session.uas_invite->tx, {.status = 487});
  tell(turn, Cancelled{session.id, std::string(reason)});
  agent.finish(turn, session);
}

Result<void> take_invite(Agent& agent, TimePoint now, Session& session, const NewRequest& invite,
                         const TimerAsk& ask) {
  const Message& request = invite.request;
  session.uas_invite = read_invite(agent, request);
  session.uas_invite->ask = ask;
  if (const auto expires = read_number(request, Header::expires)) {
    session.uas_invite->expires_at = now + std::chrono::seconds(*expires);
  }
  session.uas_invite->timer =
      agree_as_answerer(ask, static_cast<std::uint32_t>(agent.profile.session_expires.count()),
                        static_cast<std::uint32_t>(agent.profile.min_se.count()));
  if (session.uas_invite->has_offer) step(session.offers, OfferInput::got_offer);
  learn_peer(session, request);
  const auto tx = agent.table.accept(now, invite.flow, request, session.dialog.local_tag,
                                     static_cast<TxOwner>(session.id));
  if (!tx) return fail(tx.error());
  session.uas_invite->tx = *tx;
  session.phase = Phase::ringing;
  session.unproven = true;
  return {};
}

void on_no_ack(Agent& agent, Turn& turn, Session& session) {
  const bool offered = session.ack_wait->offered;
  session.ack_wait.reset();
  if (offered) step(session.offers, OfferInput::send_refused);
  if (session.phase == Phase::accepted) session.phase = Phase::confirmed;
  tell(turn, AckTimeout{session.id});
  if (session.bye_waiting) send_bye(agent, turn, session);
}

}  // namespace

std::optional<Refusal> refuse_interval(const UserAgentProfile& profile, const TimerAsk& ask) {
  const auto min_se = static_cast<std::uint32_t>(profile.min_se.count());
  if (!too_short(ask, min_se)) return std::nullopt;
  return Refusal{
      .status = 422, .reason = {}, .headers = {{"Min-SE", std::to_string(std::max(min_se, kMinSeFloor))}}};
}

Result<SessionId> accept_invite(Agent& agent, TimePoint now, const NewRequest& invite) {
  const Message& request = invite.request;
  if (agent.pending_invites >= limits::kSipPendingInvitesMax) return fail(Code::busy, "unanswered INVITEs");
  const TimerAsk ask = read_timer_ask(request);
  if (refuse_interval(agent.profile, ask)) return fail(Code::unsupported, "Session-Expires is too small");
  auto dialog = dialog_from_request(request, agent.new_tag(), own_contact(agent, invite));
  if (!dialog) return fail(Code::invalid, dialog.error().what);
  dialog->local_cseq = agent.first_cseq();
  auto opened = agent.open(std::move(*dialog), invite.flow, true);
  if (!opened) return fail(opened.error());
  Session& session = **opened;
  const auto id = session.id;
  try {
    const auto taken = take_invite(agent, now, session, invite, ask);
    if (!taken) session.phase = Phase::ended;
    agent.settle(session);
    if (!taken) return fail(taken.error());
    return id;
  } catch (...) {  // nobody would know of it
    agent.drop(session);
    throw;
  }
}

Result<void> trying(Agent& agent, Turn& turn, Session& session) {
  if (session.phase != Phase::ringing) return fail(Code::conflict, "the INVITE has its final answer");
  if (session.uas_invite->last_ring) return {};
  agent.send_answer(turn, session, session.uas_invite->tx, {.status = 100});
  return {};
}

Result<void> ring(Agent& agent, Turn& turn, Session& session, Ring ring) {
  if (session.phase != Phase::ringing) return fail(Code::conflict, "the INVITE has its final answer");
  if (ring.status <= 100 || ring.status > 199)
    return fail(Code::invalid, "a provisional status is 101 to 199");
  UasInvite& invite = *session.uas_invite;
  if (invite.waiting_answer) return fail(Code::conflict, "the INVITE is answered");
  // RFC 3261 section 13.2.1, RFC 3262 section 5: the first reliable answer to an INVITE without offer offers.
  const bool must_offer = !invite.has_offer && !invite.offered && ring.sdp.empty();
  if (must_offer && invite.requires_100rel) return fail(Code::conflict, "a reliable answer has to offer");
  ring.reliable = !must_offer && (invite.requires_100rel || (ring.reliable && invite.supports_100rel));
  if (const auto checked = check_ring_sdp(session, ring); !checked) return checked;
  return send_ring(agent, turn, session, std::move(ring));
}

Result<void> answer_invite(Agent& agent, Turn& turn, Session& session, std::string sdp, HeaderLines headers) {
  if (session.phase != Phase::ringing) return fail(Code::conflict, "the INVITE has its final answer");
  UasInvite& invite = *session.uas_invite;
  if (invite.waiting_answer) return fail(Code::conflict, "the INVITE is answered");
  if (sdp.empty() && session.offers == OfferState::peer_offered) {
    return fail(Code::invalid, "the INVITE's offer needs an answer");
  }
  invite.waiting_answer = UasInvite::Answer{std::move(sdp), std::move(headers)};
  // RFC 3262 section 3: no 2xx while a reliable 1xx with SDP waits for PRACK.
  const bool must_wait = !invite.queue.empty() || (invite.unacknowledged && invite.unacknowledged->sdp);
  if (!must_wait) send_waiting_answer(agent, turn, session);
  return {};
}

void send_waiting_answer(Agent& agent, Turn& turn, Session& session) {
  const std::unique_ptr<UasInvite> invite = std::move(session.uas_invite);
  const UasInvite::Answer answer = std::move(*invite->waiting_answer);
  const bool answers = session.offers == OfferState::peer_offered;
  // Without the peer's offer ours goes into the 2xx, unless a reliable 1xx carried it.
  const bool offers = !invite->has_offer && !invite->offered && !answer.sdp.empty();
  session.phase = Phase::accepted;
  const Accepting accepting{.tx = invite->tx,
                            .cseq = invite->cseq,
                            .sdp = answers || offers ? std::string_view(answer.sdp) : std::string_view{},
                            .offered = offers,
                            .timer = invite->timer,
                            .ask = invite->ask,
                            .headers = &answer.headers};
  if (answers) step(session.offers, OfferInput::send_answer);
  if (offers) step(session.offers, OfferInput::send_offer);
  send_2xx(agent, turn, session, accepting);
  if (invite->unacknowledged) session.late_prack = LatePrack{invite->unacknowledged->rseq, invite->cseq};
}

void send_2xx(Agent& agent, Turn& turn, Session& session, const Accepting& a) {
  const Agent::Answer answer{.status = 200,
                             .headers = a.headers,
                             .body_type = kSdpType,
                             .body = a.sdp,
                             .timer = a.timer,
                             .require_timer = a.ask.supported,
                             .full = true};
  std::string bytes = agent.write_answer(session, agent.table.answer_head(a.tx), answer);
  session.ack_wait = std::make_unique<AckWait>(AckWait{.tx = a.tx,
                                                       .cseq = a.cseq,
                                                       .response = {bytes.data(), bytes.size()},
                                                       .flow = *agent.table.flow(a.tx),
                                                       .offered = a.offered,
                                                       .repeat_at = turn.now + kT1,
                                                       .give_up_at = turn.now + k64T1,
                                                       .interval = kT1});
  agent.table.send_response(turn.now, a.tx, 200, std::move(bytes), turn.out.sends);
  session.timer = start_timer(turn.now, a.timer);
  keep_local_sdp(session, a.sdp);
}

Result<void> reject_invite(Agent& agent, Turn& turn, Session& session, const Refusal& refusal) {
  if (session.phase != Phase::ringing) return fail(Code::conflict, "the INVITE has its final answer");
  if (refusal.status < 300 || refusal.status > 699) return fail(Code::invalid, "a refusal is 300 to 699");
  agent.send_answer(turn, session, session.uas_invite->tx, refusal_answer(refusal));
  agent.finish(turn, session);
  return {};
}

void on_cancel(Agent& agent, Turn& turn, Session& session, TxId tx, std::string_view reason) {
  if (session.phase == Phase::ringing && session.uas_invite && session.uas_invite->tx == tx) {
    return end_invite(agent, turn, session, reason);
  }
  if (session.peer_offer && session.peer_offer->tx == tx) withdraw_peer_offer(agent, turn, session);
}

void on_ack(Agent& agent, Turn& turn, Session& session, const Message& ack) {
  const auto cseq = read_cseq(ack);
  if (!session.ack_wait || !cseq || cseq->number != session.ack_wait->cseq) return;
  std::string sdp;
  if (session.ack_wait->offered) {
    sdp = find_sdp(ack);
    step(session.offers, sdp.empty() ? OfferInput::send_refused : OfferInput::got_answer);
  }
  acknowledged(agent, turn, session, std::move(sdp));
}

void acknowledged(Agent& agent, Turn& turn, Session& session, std::string sdp) {
  session.ack_wait.reset();
  if (session.phase == Phase::accepted) session.phase = Phase::confirmed;
  tell(turn, Acked{session.id, std::move(sdp)});
  if (session.bye_waiting) send_bye(agent, turn, session);
}

void on_uas_time(Agent& agent, Turn& turn, Session& session) {
  if (const UasInvite* invite = session.uas_invite.get()) {
    if (invite->expires_at <= turn.now) return end_invite(agent, turn, session, {});
    if (invite->repeat_at <= turn.now) (void)send_ring(agent, turn, session, *invite->last_ring);
  }
  AckWait* wait = session.ack_wait.get();
  if (wait == nullptr) return;
  if (wait->give_up_at <= turn.now) return on_no_ack(agent, turn, session);
  if (wait->repeat_at <= turn.now) {
    turn.out.sends.push_back({wait->flow, wait->response});
    wait->interval = std::min(wait->interval * 2, kT2);
    wait->repeat_at = turn.now + wait->interval;
  }
}

}  // namespace portico::sip
