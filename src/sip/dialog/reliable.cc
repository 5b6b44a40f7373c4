#include "sip/dialog/reliable.h"

#include <algorithm>

#include "base/limits.h"
#include "sip/dialog/invite_uas.h"
#include "sip/dialog/offer_exchange.h"
#include "sip/dialog/sdp_body.h"
#include "sip/message/headers.h"

namespace portico::sip {
namespace {

void transmit(Agent& agent, Turn& turn, Session& session, const Ring& ring) {
  UasInvite& invite = *session.uas_invite;
  const std::uint32_t rseq = invite.next_rseq++;
  const Agent::Answer answer{.status = ring.status,
                             .headers = &ring.headers,
                             .body_type = kSdpType,
                             .body = ring.sdp,
                             .rseq = rseq,
                             .full = true};
  std::string bytes = agent.write_answer(session, agent.table.answer_head(invite.tx), answer);
  invite.unacknowledged = UasInvite::Unacknowledged{.rseq = rseq,
                                                    .status = ring.status,
                                                    .bytes = bytes,
                                                    .sdp = !ring.sdp.empty(),
                                                    .repeat_at = turn.now + kT1,
                                                    .give_up_at = turn.now + k64T1,
                                                    .interval = kT1};
  invite.repeat_at = kNever;  // until PRACK
  invite.last_ring = Ring{.status = ring.status, .sdp = {}, .reliable = true, .headers = ring.headers};
  agent.table.send_response(turn.now, invite.tx, ring.status, std::move(bytes), turn.out.sends);
  if (ring.sdp.empty()) return;
  keep_local_sdp(session, ring.sdp);
  if (invite.has_offer) {
    step(session.offers, OfferInput::send_answer);
  } else {
    step(session.offers, OfferInput::send_offer);
    invite.offered = true;
  }
}

bool acknowledges(const Session& session, const RAck& rack) {
  if (rack.cseq.method != Method::invite) return false;
  if (session.uas_invite && session.uas_invite->unacknowledged) {
    return rack.rseq == session.uas_invite->unacknowledged->rseq &&
           rack.cseq.number == session.uas_invite->cseq;
  }
  return session.late_prack && session.late_prack->rseq == rack.rseq &&
         session.late_prack->cseq == rack.cseq.number;
}

// PRACK's body: the answer to an offer of ours, or a new offer. True: PRACK was refused, or is answered by
// the caller.
bool take_prack_sdp(Agent& agent, Turn& turn, Session& session, const Arrival& prack) {
  const auto sdp = find_sdp(prack.message);
  const bool ours_waits =
      session.offers == OfferState::we_offered && session.uas_invite && !session.our_offer;
  if (ours_waits) {
    step(session.offers, sdp.empty() ? OfferInput::send_refused : OfferInput::got_answer);
    tell(turn, OfferAnswered{.session = session.id, .method = "PRACK", .sdp = std::string(sdp)});
    return false;
  }
  if (sdp.empty()) return false;
  take_offer(agent, turn, session, prack, {.method = Method::prack});
  return true;
}

}  // namespace

Result<void> send_reliable(Agent& agent, Turn& turn, Session& session, Ring ring) {
  UasInvite& invite = *session.uas_invite;
  if (!invite.unacknowledged) {
    transmit(agent, turn, session, ring);
    return {};
  }
  if (invite.queue.size() >= limits::kSipReliableQueueMax)
    return fail(Code::busy, "answers waiting for PRACK");
  invite.queue.push_back(std::move(ring));
  return {};
}

void on_prack(Agent& agent, Turn& turn, Session& session, const Arrival& prack) {
  const auto rack = read_rack(prack.message);
  if (!rack || !acknowledges(session, *rack)) {
    agent.answer_at_once(turn, session, prack, {.status = rack ? 481 : 400});
    return;
  }
  if (!session.uas_invite) {
    session.late_prack.reset();
    agent.answer_at_once(turn, session, prack, {.status = 200});
    return;
  }
  session.uas_invite->unacknowledged.reset();
  session.uas_invite->repeat_at = turn.now + kProvisionalRepeat;
  if (!take_prack_sdp(agent, turn, session, prack))
    agent.answer_at_once(turn, session, prack, {.status = 200});
  UasInvite& invite = *session.uas_invite;
  if (!invite.queue.empty()) {
    const Ring next = std::move(invite.queue.front());
    invite.queue.pop_front();
    transmit(agent, turn, session, next);
  }
  const bool free = !invite.unacknowledged || !invite.unacknowledged->sdp;
  if (invite.waiting_answer && invite.queue.empty() && free) send_waiting_answer(agent, turn, session);
}

void on_reliable_time(Agent& agent, Turn& turn, Session& session) {
  if (!session.uas_invite || !session.uas_invite->unacknowledged) return;
  UasInvite& invite = *session.uas_invite;
  auto& waiting = *invite.unacknowledged;
  if (waiting.give_up_at <= turn.now) {
    agent.send_answer(turn, session, invite.tx, {.status = 504, .reason = "No PRACK"});
    tell(turn, ProvisionalTimeout{session.id});
    agent.finish(turn, session);
    return;
  }
  if (waiting.repeat_at > turn.now) return;
  // RFC 3262 section 3: doubling without the cap of T2.
  agent.table.send_response(turn.now, invite.tx, waiting.status, waiting.bytes, turn.out.sends);
  waiting.interval *= 2;
  waiting.repeat_at = turn.now + waiting.interval;
}

Reliability judge_reliable(UacInvite::Fork& fork, const Message& response) {
  const auto rseq = read_number(response, Header::rseq);
  if (!rseq || *rseq == 0 || !lists_token(response, Header::require, "100rel")) return Reliability::plain;
  if (fork.last_rseq != 0 && *rseq != fork.last_rseq + 1) return Reliability::ignore;
  fork.last_rseq = *rseq;
  return Reliability::in_order;
}

void send_prack(Agent& agent, Turn& turn, Session& session, Dialog& dialog, std::uint32_t rseq,
                std::string sdp) {
  OutgoingRequest request{.method = "PRACK",
                          .headers = {{"RAck", std::to_string(rseq) + " " +
                                                   std::to_string(session.uac_invite->cseq) + " INVITE"}},
                          .body = {std::string(kSdpType), std::move(sdp)}};
  const Agent::Outgoing out{.method = request.method,
                            .cseq = ++dialog.local_cseq,
                            .headers = &request.headers,
                            .body_type = request.body.type,
                            .body = request.body.bytes};
  const auto tx = agent.send_request(turn, session, dialog, out);
  if (!tx || session.our_requests.size() >= limits::kSipDialogRequestsMax) return;
  session.our_requests.push_back({.tx = *tx, .request = std::move(request), .internal = true});
}

}  // namespace portico::sip
