#include "sip/dialog/inbound.h"

#include <algorithm>

#include "base/counters.h"
#include "base/limits.h"
#include "sip/dialog/in_dialog.h"
#include "sip/dialog/invite_uac.h"
#include "sip/dialog/invite_uas.h"
#include "sip/dialog/offer_exchange.h"
#include "sip/dialog/refresh.h"
#include "sip/dialog/reliable.h"
#include "sip/message/headers.h"
#include "sip/transaction/answer_head.h"

namespace portico::sip {
namespace {

enum class Stray : std::uint8_t { ack, response, malformed };

// The ACK to each stateless refusal ends here, so this is no rare event.
void count_stray(Stray what) {
  static constexpr const char* kName = "portico_sip_stray_messages_total";
  static constexpr const char* kHelp = "SIP messages that belong to nothing we know";
  static Counter* const kCounters[] = {&counter(kName, kHelp, {{"kind", "ack"}}),
                                       &counter(kName, kHelp, {{"kind", "response"}}),
                                       &counter(kName, kHelp, {{"kind", "malformed"}})};
  kCounters[static_cast<std::size_t>(what)]->add();
}

void refuse(Agent& agent, Turn& turn, const Flow& flow, const Message& request, const Refusal& refusal) {
  turn.out.sends.push_back(agent.reply(request, flow, refusal, {}));
}

// Whoever decides on INVITEs hears of all of them.
void refuse_new(Agent& agent, Turn& turn, const Flow& flow, Message&& request, Refusal refusal) {
  if (request.method() != Method::invite) return refuse(agent, turn, flow, request, refusal);
  tell(turn, NewRequest{std::move(request), flow, refusal.status, std::move(refusal.headers)});
}

// What only has a meaning inside a dialog: RFC 3261 section 15.1.2, RFC 3262 section 3, RFC 3311 section 5.2.
bool needs_dialog(Method method) {
  return method == Method::bye || method == Method::prack || method == Method::update;
}

// Names the option tags that we must understand and do not (RFC 3261 section 8.2.2.3), as many as an answer
// has room for.
std::optional<Refusal> refuse_options(const Agent& agent, const Message& request) {
  constexpr std::size_t kNamedBytesMax = 4'096;
  if (!request.has(Header::require) || request.method() == Method::ack) return std::nullopt;
  bool all_known = true;
  std::string named;
  for (const auto tag : request.values(Header::require)) {
    if (lists(agent.profile.supported, tag)) continue;
    all_known = false;
    if (named.size() + tag.size() > kNamedBytesMax) continue;
    if (!named.empty()) named += ", ";
    named += tag;
  }
  if (all_known) return std::nullopt;
  Refusal refusal{.status = 420, .reason = {}, .headers = {}};
  if (!named.empty()) refusal.headers = {{"Unsupported", std::move(named)}};
  return refusal;
}

// The session whose dialog (or, for BYE, early dialog) the tags name.
Session* find_session(Agent& agent, const Message& request, std::string_view to_tag,
                      std::string_view from_tag) {
  Session* session = agent.find_dialog(request.value(Header::call_id), to_tag);
  if (session == nullptr || session->phase == Phase::ended) return nullptr;
  return session->dialog.remote_tag == from_tag ? session : nullptr;
}

// BYE in an early dialog that is not the first (RFC 3261 section 15): that fork is over, the INVITE goes on.
bool drop_fork(Agent& agent, Turn& turn, const Arrival& bye, std::string_view to_tag,
               std::string_view from_tag) {
  Session* session = agent.find_dialog(bye.message.value(Header::call_id), to_tag);
  if (session == nullptr || !session->uac_invite || bye.message.method() != Method::bye) return false;
  const auto& forks = session->uac_invite->forks;
  const bool ours =
      std::ranges::any_of(forks, [&](const auto& f) { return f.dialog.remote_tag == from_tag; });
  if (ours) agent.answer_at_once(turn, *session, bye, {.status = 200});
  return ours;
}

void on_fresh(Agent& agent, Turn& turn, const Flow& flow, Message&& request) {
  const auto to = read_to(request);
  const auto from = read_from(request);
  if (!to || !from) return count_stray(Stray::malformed);
  const bool ack = request.method() == Method::ack;
  if (to->tag().empty()) {
    if (ack) return count_stray(Stray::ack);
    if (auto refusal = refuse_options(agent, request))
      return refuse_new(agent, turn, flow, std::move(request), std::move(*refusal));
    if (needs_dialog(request.method())) return refuse(agent, turn, flow, request, {.status = 481});
    return tell(turn, NewRequest{std::move(request), flow, 0, {}});
  }
  Session* session = find_session(agent, request, to->tag(), from->tag());
  if (session == nullptr) {
    if (ack) return count_stray(Stray::ack);
    if (drop_fork(agent, turn, {flow, request}, to->tag(), from->tag())) return;
    return refuse(agent, turn, flow, request, {.status = 481});
  }
  turn.out.dialog = session->id;
  if (const auto refusal = refuse_options(agent, request))
    return refuse(agent, turn, flow, request, *refusal);
  on_dialog_request(agent, turn, *session, flow, std::move(request));
  agent.settle(*session);
}

// CANCEL is answered like any request, and by itself changes nothing (RFC 3261 section 9.2).
void on_cancel_request(Agent& agent, Turn& turn, const Flow& flow, const Message& cancel,
                       const Incoming& incoming) {
  Session* session = agent.find(static_cast<SessionId>(incoming.owner));
  if (session == nullptr) return refuse(agent, turn, flow, cancel, {.status = 200});
  turn.out.sends.push_back(
      {answer_flow(cancel, flow),
       agent.write_answer(*session, take_answer_head(cancel, session->dialog.local_tag), {})});
  if (!incoming.pending) return;
  on_cancel(agent, turn, *session, incoming.tx, cancel.value(Header::reason));
  agent.settle(*session);
}

void dispatch_response(Agent& agent, Turn& turn, Session& session, TxId tx, const Flow& flow,
                       Message&& response) {
  if (session.uac_invite && session.uac_invite->tx == tx) {
    return on_invite_response(agent, turn, session, flow, std::move(response));
  }
  if (session.our_offer && session.our_offer->tx == tx) {
    return on_offer_response(agent, turn, session, std::move(response));
  }
  if (response.method() == Method::invite) {
    if (response.status() >= 200 && response.status() < 300)
      on_extra_2xx(agent, turn, session, tx, flow, response);
    return;
  }
  on_request_response(agent, turn, session, tx, std::move(response));
}

}  // namespace

void on_request(Agent& agent, Turn& turn, const Flow& flow, Message&& request) {
  if (!stamp_via(request, flow.remote)) return count_stray(Stray::malformed);
  const Incoming incoming = agent.table.on_request(turn.now, request, turn.out.sends);
  switch (incoming.kind) {
    case Incoming::Kind::fresh:
      return on_fresh(agent, turn, flow, std::move(request));
    case Incoming::Kind::merged:
      return refuse_new(agent, turn, flow, std::move(request), {.status = 482});
    case Incoming::Kind::cancel:
      return on_cancel_request(agent, turn, flow, request, incoming);
    case Incoming::Kind::unmatched:
      return refuse(agent, turn, flow, request, {.status = 481});
    case Incoming::Kind::malformed:
      return count_stray(Stray::malformed);
    default:
      return;
  }
}

void refuse_once(Agent& agent, Turn& turn, const NewRequest& invite, const Refusal& refusal) {
  Send send = agent.reply(invite.request, invite.flow, refusal, {});
  agent.table.refuse(turn.now, invite.flow, invite.request, refusal.status, std::move(send.bytes),
                     turn.out.sends);
}

// The network cuts datagrams short. Whoever sent a request that comes whole after this copy takes its 400 for
// the only answer; strangers get nothing kept, and a BYE is better heard late than never.
bool refuse_spoiled(Agent& agent, Turn& turn, const NewRequest& spoiled, const Refusal& refusal) {
  const auto& request = spoiled.request;
  if (agent.table.knows(request)) {
    (void)agent.table.on_request(turn.now, request, turn.out.sends);
    return false;
  }
  const auto to = read_to(request);
  const auto from = read_from(request);
  Session* session = to && from ? find_session(agent, request, to->tag(), from->tag()) : nullptr;
  if (session != nullptr && request.method() != Method::bye && request.method() != Method::cancel &&
      session->peer_rate.take(limits::kSipDialogRequestsPerSecondMax, turn.now)) {
    refuse_once(agent, turn, spoiled, refusal);
  } else {
    refuse(agent, turn, spoiled.flow, request, refusal);
  }
  return true;
}

void on_response(Agent& agent, Turn& turn, const Flow& flow, Message&& response) {
  const Incoming incoming = agent.table.on_response(turn.now, response, turn.out.sends);
  if (incoming.kind == Incoming::Kind::unmatched) return count_stray(Stray::response);
  if (incoming.kind != Incoming::Kind::response) return;
  Session* session = agent.find(static_cast<SessionId>(incoming.owner));
  if (session != nullptr) {
    dispatch_response(agent, turn, *session, incoming.tx, flow, std::move(response));
    return agent.settle(*session);
  }
  // Nobody is left who wanted this call.
  const bool success = response.status() >= 200 && response.status() < 300;
  if (success && response.method() == Method::invite) agent.release_answer(turn, incoming.tx, response, flow);
}

void on_gave_up(Agent& agent, Turn& turn, const GaveUp& gave_up) {
  Session* session = agent.find(static_cast<SessionId>(gave_up.owner));
  if (session == nullptr) return;
  if (!gave_up.client) {
    std::erase_if(session->peer_requests, [&](const PeerPending& p) { return p.tx == gave_up.tx; });
    if (session->peer_offer && session->peer_offer->tx == gave_up.tx)
      withdraw_peer_offer(agent, turn, *session);
  } else if (session->uac_invite && session->uac_invite->tx == gave_up.tx) {
    on_invite_gave_up(agent, turn, *session, gave_up.transport_failed);
  } else if (session->our_offer && session->our_offer->tx == gave_up.tx) {
    on_offer_gave_up(agent, turn, *session, gave_up);
  } else {
    on_request_gave_up(agent, turn, *session, gave_up);
  }
  agent.settle(*session);
}

void on_session_time(Agent& agent, Turn& turn, Session& session) {
  constexpr void (*kParts[])(Agent&, Turn&, Session&) = {on_reliable_time, on_uas_time,     on_uac_time,
                                                         on_offer_time,    on_request_time, on_session_timer};
  for (const auto part : kParts) {
    if (session.phase != Phase::ended) part(agent, turn, session);
  }
  agent.settle(session);
}

}  // namespace portico::sip
