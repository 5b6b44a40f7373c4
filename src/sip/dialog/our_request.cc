// Requests of ours inside a dialog, from sending to final answer.

#include <algorithm>

#include "base/limits.h"
#include "sip/dialog/failover.h"
#include "sip/dialog/in_dialog.h"
#include "sip/dialog/invite_uac.h"
#include "sip/dialog/invite_uas.h"
#include "sip/dialog/offer_exchange.h"

namespace portico::sip {
namespace {

// A new transaction for the request as it is, CSeq included.
Result<void> transmit(Agent& agent, Turn& turn, Session& session, OurRequest& ours) {
  const auto tx = agent.send_request(turn, session, session.dialog,
                                     {.method = ours.request.method,
                                      .cseq = ours.cseq,
                                      .headers = &ours.request.headers,
                                      .credentials = &ours.credentials,
                                      .body_type = ours.request.body.type,
                                      .body = ours.request.body.bytes});
  if (!tx) return fail(tx.error());
  ours.tx = *tx;
  ours.hop = session.hop;
  return {};
}

Result<void> transmit_next(Agent& agent, Turn& turn, Session& session, OurRequest& ours) {
  ours.cseq = ++session.dialog.local_cseq;
  return transmit(agent, turn, session, ours);
}

bool try_next_hop(Agent& agent, Turn& turn, Session& session, OurRequest& ours) {
  return !ours.internal && move_on(session, ours.hop) && transmit(agent, turn, session, ours);
}

auto find_tx(Session& session, TxId tx) {
  return std::ranges::find_if(session.our_requests, [tx](const OurRequest& r) { return r.tx == tx; });
}

auto find_challenged(Session& session) {
  return std::ranges::find_if(session.our_requests, [](const OurRequest& r) { return r.tx == TxId::none; });
}

struct Outcome {
  int status = 0;
  std::string reason;
  std::optional<Message> response;
};

void conclude(Agent& agent, Turn& turn, Session& session, std::vector<OurRequest>::iterator at,
              Outcome outcome) {
  if (at->request.method == "BYE") return agent.finish(turn, session);
  const OurRequest done = std::move(*at);
  session.our_requests.erase(at);
  if (done.internal) return;
  tell(turn, RequestAnswered{session.id, done.id, done.request.method, outcome.status,
                             std::move(outcome.reason), std::move(outcome.response)});
}

}  // namespace

Result<void> end_session(Agent& agent, Turn& turn, Session& session, std::string_view reason) {
  switch (session.phase) {
    case Phase::ringing: {
      Refusal refusal{.status = 480, .reason = {}, .headers = {}};
      if (!reason.empty()) refusal.headers.push_back({"Reason", std::string(reason)});
      return reject_invite(agent, turn, session, refusal);
    }
    case Phase::calling:
      return cancel_invite(agent, turn, session, reason);
    case Phase::accepted:
      // RFC 3261 section 15: the called side waits for the ACK or for its timeout.
      session.bye_waiting = true;
      session.bye_reason = reason;
      return {};
    case Phase::answer_owed: {
      // The 2xx has to be acknowledged before BYE; an answer that refuses nothing is not ours to make up.
      session.phase = Phase::confirmed;
      const HeaderLines credentials = std::exchange(session.owed_credentials, {});
      agent.send_ack(turn, session, session.owed_tx,
                     {.method = "ACK", .cseq = session.owed_cseq, .credentials = &credentials});
      break;
    }
    case Phase::confirmed:
      break;
    default:
      return fail(Code::conflict, "the session ends already");
  }
  session.bye_reason = reason;
  send_bye(agent, turn, session);
  return {};
}

void send_bye(Agent& agent, Turn& turn, Session& session) {
  session.bye_waiting = false;
  session.phase = Phase::closing;
  session.timer = {};
  if (session.our_offer) agent.table.limit(turn.now, session.our_offer->tx);
  session.our_offer.reset();
  session.ack_wait.reset();
  if (session.peer_offer) (void)refuse_peer_offer(agent, turn, session, {.status = 487});
  OurRequest bye{.request = {.method = "BYE", .headers = {}, .body = {}}};
  if (!session.bye_reason.empty()) {
    bye.request.headers.push_back({"Reason", std::move(session.bye_reason)});
  }
  if (!transmit_next(agent, turn, session, bye)) {
    // A full table costs the repetitions of this BYE, not the BYE.
    agent.send_once(turn, session, {.method = "BYE", .cseq = bye.cseq, .headers = &bye.request.headers});
    return agent.finish(turn, session);
  }
  session.our_requests.push_back(std::move(bye));
}

Result<RequestId> send_generic(Agent& agent, Turn& turn, Session& session, OutgoingRequest request) {
  constexpr std::string_view kOwn[] = {"INVITE", "ACK", "BYE", "CANCEL", "PRACK", "UPDATE", ""};
  if (std::ranges::find(kOwn, request.method) != std::end(kOwn)) {
    return fail(Code::invalid, "this method has a call of its own");
  }
  const bool early = session.phase == Phase::calling || session.phase == Phase::ringing;
  const bool has_dialog = session.uas || !session.dialog.remote_tag.empty();
  if (!(session.established() || (early && has_dialog))) return fail(Code::conflict, "there is no dialog");
  if (session.our_requests.size() >= limits::kSipDialogRequestsMax)
    return fail(Code::busy, "requests in a dialog");
  OurRequest ours{.request = std::move(request)};
  if (const auto sent = transmit_next(agent, turn, session, ours); !sent) return fail(sent.error());
  session.referred |= ours.request.method == "REFER";
  ours.id = agent.new_request_id();
  session.our_requests.push_back(std::move(ours));
  return session.our_requests.back().id;
}

Result<void> retry_request(Agent& agent, Turn& turn, Session& session, HeaderLines credentials) {
  if (session.uac_invite) return retry_invite(agent, turn, session, std::move(credentials));
  if (session.our_offer && session.our_offer->challenged) {
    return retry_offer(agent, turn, session, std::move(credentials));
  }
  const auto at = find_challenged(session);
  if (at == session.our_requests.end()) return fail(Code::conflict, "nothing was challenged");
  at->credentials = std::move(credentials);
  if (const auto sent = transmit_next(agent, turn, session, *at); !sent) {
    conclude(agent, turn, session, at, {.status = 503, .reason = "SIP transactions are used up"});
    return sent;
  }
  at->give_up_at = kNever;
  return {};
}

Result<void> abandon_request(Agent& agent, Turn& turn, Session& session) {
  if (session.uac_invite && session.uac_invite->tx == TxId::none) {
    abandon_invite(agent, turn, session);
    return {};
  }
  if (session.our_offer && session.our_offer->challenged) {
    end_our_offer(agent, turn, session, {.status = 407, .reason = "No credentials"});
    return {};
  }
  const auto at = find_challenged(session);
  if (at == session.our_requests.end()) return fail(Code::conflict, "nothing was challenged");
  conclude(agent, turn, session, at, {.status = 407, .reason = "No credentials"});
  return {};
}

void on_request_response(Agent& agent, Turn& turn, Session& session, TxId tx, Message&& response) {
  const auto at = find_tx(session, tx);
  if (at == session.our_requests.end() || response.status() < 200) return;
  const int status = response.status();
  if (is_failure(status) && try_next_hop(agent, turn, session, *at)) return;
  const bool challenged = (status == 401 || status == 407) && !at->internal && !at->retried;
  if (challenged) {
    at->tx = TxId::none;
    at->retried = true;
    at->give_up_at = turn.now + kChallengeLife;
    return tell(turn, Challenged{session.id, at->request.method, std::move(response)});
  }
  std::string reason(response.reason());
  conclude(agent, turn, session, at, {status, std::move(reason), std::move(response)});
}

void on_request_gave_up(Agent& agent, Turn& turn, Session& session, const GaveUp& gave_up) {
  const auto at = find_tx(session, gave_up.tx);
  if (at == session.our_requests.end()) return;
  if (!gave_up.heard && try_next_hop(agent, turn, session, *at)) return;
  const bool failed = gave_up.transport_failed;
  conclude(agent, turn, session, at,
           {.status = failed ? 503 : 408, .reason = failed ? "Transport failed" : "No answer"});
}

void on_request_time(Agent& agent, Turn& turn, Session& session) {
  const auto late = std::ranges::find_if(session.our_requests,
                                         [&](const OurRequest& r) { return r.give_up_at <= turn.now; });
  if (late == session.our_requests.end()) return;
  conclude(agent, turn, session, late, {.status = 407, .reason = "No credentials"});
}

}  // namespace portico::sip
