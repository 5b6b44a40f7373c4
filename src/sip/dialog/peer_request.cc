// Requests of the peer inside a dialog.

#include <algorithm>

#include "base/counters.h"
#include "base/limits.h"
#include "sip/dialog/failover.h"
#include "sip/dialog/in_dialog.h"
#include "sip/dialog/invite_uac.h"
#include "sip/dialog/invite_uas.h"
#include "sip/dialog/offer_exchange.h"
#include "sip/dialog/reliable.h"
#include "sip/message/headers.h"

namespace portico::sip {
namespace {

bool allowed(const UserAgentProfile& profile, std::string_view method) {
  std::string_view rest = profile.allow;
  for (auto name = next_value(rest); !name.empty(); name = next_value(rest)) {
    if (name == method) return true;
  }
  return false;
}

// RFC 3261 section 12.2.2: numbers only grow.
bool is_in_order(const Session& session, const Message& request) {
  const auto cseq = read_cseq(request);
  return cseq && (!session.dialog.remote_cseq || cseq->number > *session.dialog.remote_cseq);
}

// An answered request stays in the table for half a minute, and a re-INVITE is work for the media too. The
// BYE that ends the session makes room. True: refused, and nothing kept.
bool refuse_rate(Agent& agent, Turn& turn, Session& session, const Arrival& request) {
  static Counter& refused =
      counter("portico_sip_dialog_requests_refused_total", "SIP requests over the rate of one dialog");
  const bool ends = request.message.method() == Method::bye && session.phase != Phase::closing;
  if (ends && is_in_order(session, request.message)) return false;
  if (session.peer_rate.take(limits::kSipDialogRequestsPerSecondMax, turn.now)) return false;
  refused.add();
  turn.out.sends.push_back(agent.reply(request.message, request.flow, {.status = 503}, {}));
  return true;
}

// True: refused.
bool refuse_order(Agent& agent, Turn& turn, Session& session, const Arrival& request) {
  if (is_in_order(session, request.message)) {
    session.dialog.remote_cseq = read_cseq(request.message)->number;
    return false;
  }
  const HeaderLines headers{{"Retry-After", "0"}};
  agent.answer_at_once(turn, session, request,
                       {.status = 500, .reason = "CSeq Out Of Order", .headers = &headers});
  return true;
}

void on_bye(Agent& agent, Turn& turn, Session& session, const Arrival& bye) {
  agent.answer_at_once(turn, session, bye, {.status = 200});
  if (session.phase == Phase::closing) return;  // both hung up; our BYE's answer ends it
  if (session.uac_invite && session.uac_invite->tx != TxId::none) agent.table.drop(session.uac_invite->tx);
  tell(turn, PeerBye{session.id, std::string(bye.message.value(Header::reason))});
  agent.finish(turn, session);
}

Body take_body(const Message& message) {
  return {std::string(message.value(Header::content_type)), std::string(message.body())};
}

void on_notify(Agent& agent, Turn& turn, Session& session, const Arrival& notify) {
  if (!session.referred) {
    agent.answer_at_once(turn, session, notify, {.status = 481});
    return;
  }
  agent.answer_at_once(turn, session, notify, {.status = 200});
  tell(turn, NotifyReceived{session.id, std::string(notify.message.value(Header::event)),
                            std::string(notify.message.value(Header::subscription_state)),
                            take_body(notify.message)});
}

void on_other(Agent& agent, Turn& turn, Session& session, const Flow& flow, Message&& request) {
  const Arrival arrival{flow, request};
  // How a REFER is declined is the owner's to say.
  if (request.method() != Method::refer && !allowed(agent.profile, request.method_text())) {
    const HeaderLines headers{{"Allow", agent.profile.allow}};
    return agent.answer_at_once(turn, session, arrival, {.status = 405, .headers = &headers});
  }
  if (session.peer_requests.size() >= limits::kSipDialogRequestsMax) {
    return agent.answer_at_once(turn, session, arrival, {.status = 503});
  }
  const auto tx =
      agent.table.accept(turn.now, flow, request, session.dialog.local_tag, static_cast<TxOwner>(session.id));
  if (!tx) return agent.answer_at_once(turn, session, arrival, {.status = 503});
  const RequestId id = agent.new_request_id();
  session.peer_requests.push_back({id, *tx});
  std::string method(request.method_text());
  tell(turn, PeerRequest{session.id, id, std::move(method), std::move(request)});
}

}  // namespace

Result<void> answer_generic(Agent& agent, Turn& turn, Session& session, RequestId id, const Refusal& answer) {
  const auto at =
      std::ranges::find_if(session.peer_requests, [id](const PeerPending& p) { return p.id == id; });
  if (at == session.peer_requests.end()) return fail(Code::not_found, "no such request, or it was answered");
  agent.send_answer(turn, session, at->tx,
                    {.status = answer.status, .reason = answer.reason, .headers = &answer.headers});
  if (answer.status >= 200) session.peer_requests.erase(at);
  return {};
}

void on_dialog_request(Agent& agent, Turn& turn, Session& session, const Flow& flow, Message&& request) {
  const Arrival arrival{flow, request};
  session.unproven = false;
  if (request.method() == Method::ack) return on_ack(agent, turn, session, request);
  if (refuse_rate(agent, turn, session, arrival) || refuse_order(agent, turn, session, arrival)) return;
  follow(turn, session, flow);
  const bool over = session.phase == Phase::closing;
  if (over && request.method() != Method::bye) {
    return agent.answer_at_once(turn, session, arrival, {.status = 481});
  }
  switch (request.method()) {
    case Method::invite:
      return on_reinvite(agent, turn, session, arrival);
    case Method::update:
      return on_update(agent, turn, session, arrival);
    case Method::prack:
      return on_prack(agent, turn, session, arrival);
    case Method::bye:
      return on_bye(agent, turn, session, arrival);
    case Method::notify:
      return on_notify(agent, turn, session, arrival);
    case Method::info:
      agent.answer_at_once(turn, session, arrival, {.status = 200});
      return tell(turn, InfoReceived{session.id, take_body(request)});
    case Method::options:
      return agent.answer_at_once(turn, session, arrival, {.status = 200, .full = true});
    default:
      return on_other(agent, turn, session, flow, std::move(request));
  }
}

}  // namespace portico::sip
