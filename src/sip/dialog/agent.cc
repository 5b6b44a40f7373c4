#include "sip/dialog/agent.h"

#include <algorithm>

#include "base/limits.h"
#include "sip/message/headers.h"
#include "sip/transaction/answer_head.h"

namespace portico::sip {

Agent::Agent(UserAgentProfile profile_in, Randomness& randomness_in)
    : profile(std::move(profile_in)), randomness(randomness_in), table(randomness_in), hash_(randomness_in) {}

HashKey Agent::dialog_key(std::string_view call_id, std::string_view local_tag) const {
  return hash_({"dialog", call_id, local_tag});
}

Result<Session*> Agent::open(Dialog dialog, const Flow& flow, bool uas) {
  if (sessions.size() >= limits::kSipSessionsMax) return fail(Code::busy, "SIP sessions");
  const auto [number, session] = sessions.emplace();
  session->id = static_cast<SessionId>(number);
  session->dialog = std::move(dialog);
  session->flow = flow;
  session->uas = uas;
  try {
    by_dialog_[dialog_key(session->dialog.call_id, session->dialog.local_tag)] = session->id;
  } catch (...) {
    sessions.erase(number);
    throw;
  }
  return session;
}

Session* Agent::find(SessionId id) { return sessions.find(static_cast<std::uint64_t>(id)); }
const Session* Agent::find(SessionId id) const { return sessions.find(static_cast<std::uint64_t>(id)); }

Session* Agent::find_dialog(std::string_view call_id, std::string_view local_tag) {
  const auto it = by_dialog_.find(dialog_key(call_id, local_tag));
  return it == by_dialog_.end() ? nullptr : find(it->second);
}

void Agent::finish(Turn& turn, Session& session) {
  if (session.phase == Phase::ended) return;
  tell(turn, Terminated{session.id});
  session.phase = Phase::ended;
  const Answer gone{.status = 487};
  if (session.uas_invite) send_answer(turn, session, session.uas_invite->tx, gone);
  if (session.peer_offer) send_answer(turn, session, session.peer_offer->tx, gone);
  for (const auto& pending : session.peer_requests) send_answer(turn, session, pending.tx, gone);
  if (session.our_offer) table.limit(turn.now, session.our_offer->tx);
}

void Agent::settle(Session& session) {
  if (const bool pending = session.phase == Phase::ringing; pending != session.counted_pending) {
    session.counted_pending = pending;
    pending_invites += pending ? 1U : static_cast<std::size_t>(-1);
  }
  if (session.phase != Phase::ended) {
    deadlines.set(static_cast<std::uint64_t>(session.id), next_deadline(session), session.deadline);
    return;
  }
  deadlines.remove(session.deadline);
  const auto key = dialog_key(session.dialog.call_id, session.dialog.local_tag);
  if (const auto it = by_dialog_.find(key); it != by_dialog_.end() && it->second == session.id) {
    by_dialog_.erase(it);
  }
  sessions.erase(static_cast<std::uint64_t>(session.id));
}

void Agent::drop(Session& session) {
  if (session.uas_invite) table.drop(session.uas_invite->tx);
  if (session.peer_offer) table.drop(session.peer_offer->tx);
  if (session.our_offer) table.drop(session.our_offer->tx);
  for (const auto& pending : session.peer_requests) table.drop(pending.tx);
  session.phase = Phase::ended;
  settle(session);
}

std::string Agent::sent_by(const Flow& flow) const {
  const auto& advertised = profile.advertised_for(flow.transport);
  return advertised.empty() ? flow.local.to_string() : advertised;
}

std::string Agent::contact_uri(const Flow& flow, std::string_view user, bool secure) const {
  std::string uri = secure ? "sips:" : "sip:";
  if (!user.empty()) uri.append(user).append("@");
  uri += sent_by(flow);
  // A sips URI says TLS already (RFC 5630 section 3.1.2).
  const bool needs_transport =
      flow.transport != Transport::udp && !(secure && flow.transport == Transport::tls);
  if (needs_transport) uri.append(";transport=").append(uri_name(flow.transport));
  return uri;
}

void Agent::add_headers(MessageWriter& writer, const HeaderLines* headers) const {
  if (headers == nullptr) return;
  for (const auto& line : *headers) writer.add(line.name, line.value);
}

Flow Agent::flow_to(const Session& session, const Dialog& dialog) const {
  // The Contact of a forged INVITE may name a third party, who would get our BYE and its repetitions.
  const bool stays = session.flow_is_set || session.unproven || session.target_is_dead;
  return stays ? session.flow : next_flow(dialog, session.flow);
}

MessageWriter Agent::write_request(const Session& session, const Dialog& dialog, const Outgoing& request,
                                   std::string_view branch) const {
  const std::string by = sent_by(session.flow);
  auto writer = start_request(dialog, {.method = request.method,
                                       .cseq = request.cseq,
                                       .transport = via_name(session.flow.transport),
                                       .sent_by = by,
                                       .branch = branch});
  const Method method = find_method(request.method);
  const bool refreshes_target = method == Method::invite || method == Method::update;
  if (refreshes_target || method == Method::refer || method == Method::notify) {
    writer.add(Header::contact, {"<", dialog.contact, ">"});
  }
  if (refreshes_target) {
    // A reliable 1xx to a re-INVITE would get no PRACK.
    const bool first = session.uac_invite && method == Method::invite;
    writer.add(Header::allow, profile.allow);
    writer.add(Header::supported, first ? std::string_view(profile.supported) : "timer");
    if (TimerTerms terms = session.timer.terms; terms.interval != 0) {
      terms.interval = std::max(terms.interval, session.min_se);
      writer.add(Header::session_expires, write_session_expires(terms, true));
      if (session.min_se != 0) writer.add_number(Header::min_se, session.min_se);
    }
  }
  if (method != Method::ack) writer.add(Header::user_agent, profile.product);
  add_headers(writer, request.credentials);
  add_headers(writer, request.headers);
  return writer;
}

Result<TxId> Agent::send_request(Turn& turn, const Session& session, const Dialog& dialog,
                                 const Outgoing& request) {
  const std::string branch = table.new_branch();
  auto writer = write_request(session, dialog, request, branch);
  std::string bytes = writer.finish(request.body_type, request.body);
  const Flow flow = flow_to(session, dialog);
  const auto owner = static_cast<TxOwner>(session.id);
  return table.request(turn.now, flow, request.method, branch, std::move(bytes), owner, turn.out.sends);
}

void Agent::send_once(Turn& turn, const Session& session, const Outgoing& request) {
  auto writer = write_request(session, session.dialog, request, table.new_branch());
  turn.out.sends.push_back(
      {flow_to(session, session.dialog), writer.finish(request.body_type, request.body)});
}

void Agent::send_ack(Turn& turn, const Session& session, TxId invite, const Outgoing& ack) {
  send_once(turn, session, ack);
  table.keep_ack(invite, session.dialog.remote_tag, turn.out.sends.back());
}

std::string Agent::write_answer(const Session& session, std::string_view head, const Answer& answer) const {
  auto writer = MessageWriter::response(answer.status, answer.reason);
  if (answer.full) {
    writer.add(Header::contact, {"<", session.dialog.contact, ">"});
    writer.add(Header::allow, profile.allow);
  }
  if (answer.full && answer.status >= 200) writer.add(Header::supported, profile.supported);
  if (answer.rseq != 0) writer.add(Header::require, "100rel").add_number(Header::rseq, answer.rseq);
  if (answer.timer.interval != 0) {
    if (answer.require_timer) writer.add(Header::require, "timer");
    writer.add(Header::session_expires, write_session_expires(answer.timer, false));
  }
  writer.add(Header::server, profile.product);
  add_headers(writer, answer.headers);
  return sip::write_answer(head, std::move(writer), answer.body_type, answer.body);
}

bool Agent::send_answer(Turn& turn, const Session& session, TxId tx, const Answer& answer) {
  const auto head = table.answer_head(tx);
  if (head.empty()) return false;
  std::string bytes = write_answer(session, head, answer);
  return table.send_response(turn.now, tx, answer.status, std::move(bytes), turn.out.sends);
}

void Agent::answer_at_once(Turn& turn, const Session& session, const Arrival& request, const Answer& answer) {
  std::string bytes =
      write_answer(session, take_answer_head(request.message, session.dialog.local_tag), answer);
  table.answer(turn.now, request.flow, request.message, answer.status, std::move(bytes), turn.out.sends);
}

Send Agent::reply(const Message& request, const Flow& flow, const Refusal& answer, const Body& body) const {
  // The same request gets the same tag each time (RFC 3261 section 8.2.7), without memory.
  const auto from = read_from(request);
  const auto tag = hash_({"tag", request.value(Header::call_id), from ? from->tag() : std::string_view{},
                          request.values(Header::via).front()});
  std::string text = "s";
  for (auto bits = tag.low; bits != 0; bits >>= 4U) text += "0123456789abcdef"[bits & 15U];
  auto writer = respond(request, {.status = answer.status, .reason = answer.reason, .to_tag = text});
  writer.add(Header::server, profile.product);
  add_headers(writer, &answer.headers);
  return {answer_flow(request, flow), writer.finish(body.type, body.bytes)};
}

void Agent::release_answer(Turn& turn, TxId invite, const Message& response, const Flow& flow) {
  const auto from = read_from(response);
  const auto cseq = read_cseq(response);
  Dialog dialog;
  if (!from || from->tag().empty() || !cseq) return;  // our INVITE had a tag: this answers another one
  if (!apply_response(dialog, response) || dialog.remote_target.empty()) return;
  const auto to = read_to(response);
  dialog.call_id = response.value(Header::call_id);
  dialog.local_tag = from->tag();
  dialog.local_party = name_addr(display_name(*from), from->uri_text);
  dialog.remote_party = name_addr(display_name(*to), to->uri_text);
  Session nobody;
  nobody.flow = flow;
  const Flow to_peer = next_flow(dialog, flow);
  auto ack = write_request(nobody, dialog, {.method = "ACK", .cseq = cseq->number}, table.new_branch());
  Send acknowledged{to_peer, ack.finish()};
  if (!table.keep_ack(invite, dialog.remote_tag, acknowledged)) return;  // more of them than anybody can mean
  turn.out.sends.push_back(std::move(acknowledged));
  const Outgoing bye{.method = "BYE", .cseq = cseq->number + 1};
  const std::string branch = table.new_branch();
  auto writer = write_request(nobody, dialog, bye, branch);
  // When the table is full the peer's own timers have to end it.
  (void)table.request(turn.now, to_peer, bye.method, branch, writer.finish(), 0, turn.out.sends);
}

}  // namespace portico::sip
