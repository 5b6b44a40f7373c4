#include "sip/dialog/invite_uac.h"

#include <algorithm>

#include "base/limits.h"
#include "sip/dialog/in_dialog.h"
#include "sip/dialog/offer_exchange.h"
#include "sip/dialog/reliable.h"
#include "sip/dialog/sdp_body.h"
#include "sip/message/headers.h"
#include "sip/message/status.h"

namespace portico::sip {
namespace {

constexpr unsigned kTimerRetriesMax = 3;

// The session timer that our INVITE asks for; who refreshes is left to the peer.
HeaderLines timer_headers(const UacInvite& invite) {
  if (invite.session_expires == 0) return {};
  return {{"Session-Expires", std::to_string(invite.session_expires)},
          {"Min-SE", std::to_string(std::max(invite.min_se, kMinSeFloor))}};
}

Result<void> send_invite(Agent& agent, Turn& turn, Session& session) {
  UacInvite& invite = *session.uac_invite;
  invite.cseq = ++session.dialog.local_cseq;
  HeaderLines headers = timer_headers(invite);
  headers.insert(headers.end(), invite.invite.headers.begin(), invite.invite.headers.end());
  const Agent::Outgoing out{.method = "INVITE",
                            .cseq = invite.cseq,
                            .headers = &headers,
                            .credentials = &invite.credentials,
                            .body_type = kSdpType,
                            .body = invite.invite.sdp};
  const std::string branch = agent.table.new_branch();
  std::string bytes =
      agent.write_request(session, session.dialog, out, branch).finish(out.body_type, out.body);
  const auto owner = static_cast<TxOwner>(session.id);
  auto tx = agent.table.request(turn.now, session.flow, out.method, branch, std::move(bytes), owner,
                                turn.out.sends);
  if (!tx) return fail(tx.error());
  invite.tx = *tx;
  return {};
}

// Back to before any answer, for the same INVITE once more.
void forget_answers(Session& session) {
  UacInvite& invite = *session.uac_invite;
  invite.forks.clear();
  invite.give_up_at = kNever;
  session.dialog.remote_tag.clear();
  session.dialog.remote_target = invite.invite.target;
  session.dialog.route_set = invite.invite.route_set;
  session.offers = invite.invite.sdp.empty() ? OfferState::idle : OfferState::we_offered;
}

void fail_session(Agent& agent, Turn& turn, Session& session, Failed failed) {
  failed.session = session.id;
  session.uac_invite.reset();
  tell(turn, std::move(failed));
  agent.finish(turn, session);
}

void send_cancel(Agent& agent, Turn& turn, Session& session) {
  UacInvite& invite = *session.uac_invite;
  if (invite.cancel_sent || !agent.table.can_cancel(invite.tx)) return;
  invite.cancel_sent = true;
  agent.table.cancel(turn.now, invite.tx, invite.cancel_reason, turn.out.sends);
}

// The early dialog of this response, made if it is new. nullptr: no To tag, or too many.
UacInvite::Fork* find_fork(Session& session, const Message& response, std::uint32_t& index) {
  const auto to = read_to(response);
  if (!to || to->tag().empty()) return nullptr;
  auto& forks = session.uac_invite->forks;
  const auto it =
      std::ranges::find_if(forks, [&](const auto& f) { return f.dialog.remote_tag == to->tag(); });
  index = static_cast<std::uint32_t>(it - forks.begin());
  if (it != forks.end()) return &*it;
  if (forks.size() >= limits::kSipForksMax) return nullptr;
  forks.push_back({.dialog = session.dialog});
  forks.back().dialog.remote_cseq.reset();
  if (forks.size() > 1) forks.back().dialog.local_cseq = session.uac_invite->cseq;
  if (!apply_response(forks.back().dialog, response)) {
    forks.pop_back();
    return nullptr;
  }
  return &forks.back();
}

// session.dialog is the first fork's until the 2xx decides.
Dialog& dialog_of(Session& session, std::uint32_t fork) {
  return fork == 0 ? session.dialog : session.uac_invite->forks[fork].dialog;
}

// The fork whose reliable 1xx carried an offer that we have not answered.
std::vector<UacInvite::Fork>::iterator find_offer(UacInvite& invite) {
  return std::ranges::find_if(invite.forks, [](const auto& fork) { return fork.offer_rseq != 0; });
}

void on_provisional(Agent& agent, Turn& turn, Session& session, const Message& response) {
  if (session.phase == Phase::cancelling) return send_cancel(agent, turn, session);
  if (response.status() == 100) return;
  std::uint32_t index = 0;
  const bool first = session.uac_invite->forks.empty();
  UacInvite::Fork* fork = find_fork(session, response, index);
  Progress progress{.session = session.id,
                    .status = response.status(),
                    .reason = std::string(response.reason()),
                    .sdp = std::string(find_sdp(response)),
                    .fork = index};
  if (fork == nullptr) return tell(turn, std::move(progress));
  if (first) session.dialog = fork->dialog;
  if (index == 0) learn_peer(session, response);
  const Reliability reliability = judge_reliable(*fork, response);
  if (reliability == Reliability::ignore) return;
  if (reliability == Reliability::in_order) {
    progress.reliable = true;
    const bool late_offer = session.uac_invite->invite.sdp.empty();
    progress.needs_answer = late_offer && !fork->answered && !progress.sdp.empty();
    if (!progress.sdp.empty() && !late_offer) fork->answered = true;
    if (progress.needs_answer) fork->offer_rseq = fork->last_rseq;
    if (fork->answered && index == 0) step(session.offers, OfferInput::got_answer);
    if (progress.needs_answer && index == 0) step(session.offers, OfferInput::got_offer);
    if (!progress.needs_answer)
      send_prack(agent, turn, session, dialog_of(session, index), fork->last_rseq, {});
  }
  tell(turn, std::move(progress));
}

void acknowledge(Agent& agent, Turn& turn, const Session& session, const UacInvite& invite) {
  agent.send_ack(turn, session, invite.tx,
                 {.method = "ACK", .cseq = invite.cseq, .credentials = &invite.credentials});
}

void on_success(Agent& agent, Turn& turn, Session& session, Message&& response) {
  std::uint32_t index = 0;
  UacInvite::Fork* fork = find_fork(session, response, index);
  const bool answered = fork != nullptr && fork->answered;
  if (fork != nullptr && index != 0) {
    session.dialog = fork->dialog;
    session.offers =
        session.uac_invite->invite.sdp.empty() || answered ? OfferState::idle : OfferState::we_offered;
  }
  // The route set is taken anew from the 2xx (RFC 3261 section 13.2.2.4).
  (void)apply_response(session.dialog, response);
  learn_peer(session, response);
  const std::unique_ptr<UacInvite> invite = std::move(session.uac_invite);
  session.timer = start_timer(turn.now, agree_as_asker(response, invite->min_se));
  const std::string sdp(find_sdp(response));
  if (session.phase == Phase::cancelling) {
    acknowledge(agent, turn, session, *invite);
    session.bye_reason = invite->cancel_reason;
    session.phase = Phase::confirmed;
    send_bye(agent, turn, session);
    return;
  }
  const bool late_offer = invite->invite.sdp.empty() && !answered && !sdp.empty();
  if (late_offer) {
    session.phase = Phase::answer_owed;
    step(session.offers, OfferInput::got_offer);
    session.owed_tx = invite->tx;
    session.owed_cseq = invite->cseq;
    session.owed_credentials = invite->credentials;
  } else {
    if (session.offers == OfferState::we_offered) {
      step(session.offers, sdp.empty() ? OfferInput::send_refused : OfferInput::got_answer);
    }
    session.phase = Phase::confirmed;
    acknowledge(agent, turn, session, *invite);
    keep_local_sdp(session, invite->invite.sdp);
  }
  tell(turn, Answered{session.id, sdp, late_offer, index, std::move(response)});
}

// 422: the same again with the interval that the peer wants (RFC 4028 section 7.3). False: it makes no sense.
bool retry_longer(Agent& agent, Turn& turn, Session& session, const Message& response) {
  UacInvite& invite = *session.uac_invite;
  const auto min_se = read_number(response, Header::min_se);
  if (!min_se || invite.timer_retries >= kTimerRetriesMax) return false;
  ++invite.timer_retries;
  invite.min_se = std::max(invite.min_se, *min_se);
  invite.session_expires = std::max(invite.session_expires, invite.min_se);
  session.min_se = invite.min_se;
  forget_answers(session);
  return send_invite(agent, turn, session).has_value();
}

void on_refusal(Agent& agent, Turn& turn, Session& session, Message&& response) {
  UacInvite& invite = *session.uac_invite;
  const int status = response.status();
  if (session.phase == Phase::calling) {
    if (status == 422 && retry_longer(agent, turn, session, response)) return;
    if (status == 401 || status == 407) {
      invite.tx = TxId::none;
      invite.challenge_status = status;
      invite.give_up_at = turn.now + kChallengeLife;
      return tell(turn, Challenged{session.id, "INVITE", std::move(response)});
    }
  }
  std::string reason(response.reason());
  fail_session(agent, turn, session,
               {.status = status, .reason = std::move(reason), .response = std::move(response)});
}

Dialog new_dialog(Agent& agent, const OutgoingInvite& invite) {
  Dialog dialog;
  dialog.call_id = invite.call_id.empty() ? random_token(agent.randomness, 24) : invite.call_id;
  dialog.local_tag = agent.new_tag();
  dialog.local_party = invite.from;
  dialog.remote_party = invite.to;
  dialog.remote_target = invite.target;
  const auto target = parse_uri(invite.target);
  const bool secure = target && target->scheme == Scheme::sips;
  dialog.contact = agent.contact_uri(invite.flow, invite.contact_user, secure);
  dialog.route_set = invite.route_set;
  dialog.local_cseq = agent.first_cseq();
  return dialog;
}

}  // namespace

Result<SessionId> start_invite(Agent& agent, Turn& turn, OutgoingInvite invite) {
  if (invite.target.empty() || invite.from.empty() || invite.to.empty()) {
    return fail(Code::invalid, "target, from and to are needed");
  }
  auto opened = agent.open(new_dialog(agent, invite), invite.flow, false);
  if (!opened) return fail(opened.error());
  Session& session = **opened;
  session.phase = Phase::calling;
  session.uac_invite = std::make_unique<UacInvite>();
  session.uac_invite->session_expires = static_cast<std::uint32_t>(agent.profile.session_expires.count());
  session.uac_invite->min_se = static_cast<std::uint32_t>(agent.profile.min_se.count());
  if (!invite.sdp.empty()) step(session.offers, OfferInput::send_offer);
  session.uac_invite->invite = std::move(invite);
  if (auto sent = send_invite(agent, turn, session); !sent) {
    session.phase = Phase::ended;
    agent.settle(session);
    return fail(sent.error());
  }
  return session.id;
}

Result<void> cancel_invite(Agent& agent, Turn& turn, Session& session, std::string_view reason) {
  if (session.phase != Phase::calling) return fail(Code::conflict, "the INVITE has its final answer");
  session.phase = Phase::cancelling;
  session.uac_invite->cancel_reason = reason;
  if (session.uac_invite->tx == TxId::none) {  // challenged: nothing is under way
    fail_session(agent, turn, session, {.status = 487, .reason = "Request Terminated"});
    return {};
  }
  send_cancel(agent, turn, session);
  return {};
}

Result<void> retry_invite(Agent& agent, Turn& turn, Session& session, HeaderLines credentials) {
  UacInvite& invite = *session.uac_invite;
  if (invite.tx != TxId::none) return fail(Code::conflict, "the INVITE was not challenged");
  invite.credentials = std::move(credentials);
  forget_answers(session);
  if (auto sent = send_invite(agent, turn, session); !sent) {
    fail_session(agent, turn, session, {.status = 503, .reason = "SIP transactions are used up"});
    return fail(sent.error());
  }
  return {};
}

void abandon_invite(Agent& agent, Turn& turn, Session& session) {
  fail_session(agent, turn, session,
               {.status = session.uac_invite->challenge_status,
                .reason = std::string(reason_phrase(session.uac_invite->challenge_status))});
}

bool owes_answer(const Session& session) {
  if (session.phase == Phase::answer_owed) return true;
  auto* invite = session.uac_invite.get();
  return invite != nullptr && find_offer(*invite) != invite->forks.end();
}

Result<void> answer_in_prack_or_ack(Agent& agent, Turn& turn, Session& session, std::string sdp) {
  step(session.offers, OfferInput::send_answer);
  keep_local_sdp(session, sdp);
  if (session.phase == Phase::answer_owed) {
    session.phase = Phase::confirmed;
    const HeaderLines credentials = std::exchange(session.owed_credentials, {});
    agent.send_ack(turn, session, session.owed_tx,
                   {.method = "ACK",
                    .cseq = session.owed_cseq,
                    .credentials = &credentials,
                    .body_type = kSdpType,
                    .body = sdp});
    return {};
  }
  const auto at = find_offer(*session.uac_invite);
  UacInvite::Fork& fork = *at;
  const auto index = static_cast<std::uint32_t>(at - session.uac_invite->forks.begin());
  const std::uint32_t rseq = std::exchange(fork.offer_rseq, 0);
  fork.answered = true;
  send_prack(agent, turn, session, dialog_of(session, index), rseq, std::move(sdp));
  return {};
}

void on_invite_response(Agent& agent, Turn& turn, Session& session, const Flow& flow, Message&& response) {
  if (is_reliable(flow.transport) && !session.flow_is_set) session.flow = flow;
  if (response.status() < 200) return on_provisional(agent, turn, session, response);
  if (response.status() < 300) return on_success(agent, turn, session, std::move(response));
  on_refusal(agent, turn, session, std::move(response));
}

void on_extra_2xx(Agent& agent, Turn& turn, const Session& session, TxId tx, const Flow& flow,
                  const Message& response) {
  const auto to = read_to(response);
  const auto cseq = read_cseq(response);
  if (!to || !cseq) return;
  const bool winner = to->tag() == session.dialog.remote_tag;
  if (winner && session.phase == Phase::answer_owed) return;
  if (winner) return agent.send_ack(turn, session, tx, {.method = "ACK", .cseq = cseq->number});
  agent.release_answer(turn, tx, response, flow);
}

void on_invite_gave_up(Agent& agent, Turn& turn, Session& session, bool transport_failed) {
  if (transport_failed)
    return fail_session(agent, turn, session, {.status = 503, .reason = "Transport failed"});
  const bool cancelled = session.uac_invite->cancel_sent;
  fail_session(
      agent, turn, session,
      {.status = cancelled ? 487 : 408, .reason = cancelled ? "Request Terminated" : "Request Timeout"});
}

void on_uac_time(Agent& agent, Turn& turn, Session& session) {
  UacInvite* invite = session.uac_invite.get();
  if (invite == nullptr || invite->give_up_at > turn.now) return;
  abandon_invite(agent, turn, session);
}

}  // namespace portico::sip
