#include "sip/dialog/user_agent.h"

#include "sip/dialog/agent.h"
#include "sip/dialog/failover.h"
#include "sip/dialog/in_dialog.h"
#include "sip/dialog/inbound.h"
#include "sip/dialog/invite_uac.h"
#include "sip/dialog/invite_uas.h"
#include "sip/dialog/offer_exchange.h"
#include "sip/dialog/snapshot.h"

namespace portico::sip {

class UserAgent::Core : public Agent {
 public:
  using Agent::Agent;

  // Runs one input of the owner against its session.
  template <typename Input>
  auto with(SessionId id, Input&& input) -> decltype(input(std::declval<Session&>())) {
    Session* session = find(id);
    if (session == nullptr) return fail(Code::not_found, "the session ended, or never was");
    auto result = input(*session);
    settle(*session);
    return result;
  }

  void tell_gave_ups(Turn& turn) {
    while (!gave_up.empty()) {
      on_gave_up(*this, turn, gave_up.front());
      gave_up.pop_front();
    }
  }

  GaveUps gave_up;  // what a turn that ran out of memory leaves is told by the next one
};

UserAgent::UserAgent(UserAgentProfile profile, Randomness& randomness)
    : core_(std::make_unique<Core>(std::move(profile), randomness)) {}
UserAgent::~UserAgent() = default;

void UserAgent::on_message(TimePoint now, const Flow& flow, Message&& message, Actions& out) {
  Turn turn{now, out};
  if (message.is_request()) {
    on_request(*core_, turn, flow, std::move(message));
  } else {
    on_response(*core_, turn, flow, std::move(message));
  }
}

void UserAgent::on_time(TimePoint now, Actions& out) {
  Turn turn{now, out};
  core_->table.on_time(now, out.sends, core_->gave_up);
  core_->tell_gave_ups(turn);
  while (const auto due = core_->deadlines.due(now)) {
    on_session_time(*core_, turn, *core_->find(static_cast<SessionId>(*due)));
  }
}

TimePoint UserAgent::next_deadline() const {
  if (!core_->gave_up.empty()) return {};
  return std::min(core_->table.next_deadline(), core_->deadlines.next());
}

void UserAgent::on_transport_error(TimePoint now, const Flow& flow, Actions& out) {
  Turn turn{now, out};
  core_->table.on_transport_error(now, flow, core_->gave_up);
  core_->tell_gave_ups(turn);
}

Send UserAgent::reply(const NewRequest& request, const Refusal& answer, const Body& body) const {
  return core_->reply(request.request, request.flow, answer, body);
}

void UserAgent::refuse(TimePoint now, const NewRequest& invite, const Refusal& refusal, Actions& out) {
  Turn turn{now, out};
  refuse_once(*core_, turn, invite, refusal);
}

std::optional<Refusal> UserAgent::refuse_interval(const Message& invite) const {
  return sip::refuse_interval(core_->profile, read_timer_ask(invite));
}

bool UserAgent::refuse_spoiled(TimePoint now, const NewRequest& request, const Refusal& refusal,
                               Actions& out) {
  Turn turn{now, out};
  return sip::refuse_spoiled(*core_, turn, request, refusal);
}

Result<SessionId> UserAgent::accept_invite(TimePoint now, const NewRequest& invite) {
  return sip::accept_invite(*core_, now, invite);
}

void UserAgent::drop(SessionId id) {
  if (Session* session = core_->find(id)) core_->drop(*session);
}

Result<void> UserAgent::trying(TimePoint now, SessionId id, Actions& out) {
  Turn turn{now, out};
  return core_->with(id, [&](Session& s) { return sip::trying(*core_, turn, s); });
}

Result<void> UserAgent::ring(TimePoint now, SessionId id, Ring ring, Actions& out) {
  Turn turn{now, out};
  return core_->with(id, [&](Session& s) { return sip::ring(*core_, turn, s, std::move(ring)); });
}

Result<void> UserAgent::answer(TimePoint now, SessionId id, std::string sdp, Actions& out,
                               HeaderLines headers) {
  Turn turn{now, out};
  return core_->with(
      id, [&](Session& s) { return answer_invite(*core_, turn, s, std::move(sdp), std::move(headers)); });
}

Result<void> UserAgent::reject(TimePoint now, SessionId id, const Refusal& refusal, Actions& out) {
  Turn turn{now, out};
  return core_->with(id, [&](Session& s) { return reject_invite(*core_, turn, s, refusal); });
}

Result<SessionId> UserAgent::invite(TimePoint now, OutgoingInvite invite, Actions& out) {
  Turn turn{now, out};
  auto id = start_invite(*core_, turn, std::move(invite));
  if (id) core_->settle(*core_->find(*id));
  return id;
}

Result<void> UserAgent::cancel(TimePoint now, SessionId id, std::string_view reason, Actions& out) {
  Turn turn{now, out};
  return core_->with(id, [&](Session& s) { return cancel_invite(*core_, turn, s, reason); });
}

Result<void> UserAgent::retry_with(TimePoint now, SessionId id, HeaderLines credentials, Actions& out) {
  Turn turn{now, out};
  return core_->with(id, [&](Session& s) { return retry_request(*core_, turn, s, std::move(credentials)); });
}

Result<void> UserAgent::abandon(TimePoint now, SessionId id, Actions& out) {
  Turn turn{now, out};
  return core_->with(id, [&](Session& s) { return abandon_request(*core_, turn, s); });
}

Result<void> UserAgent::bye(TimePoint now, SessionId id, std::string_view reason, Actions& out) {
  Turn turn{now, out};
  return core_->with(id, [&](Session& s) { return end_session(*core_, turn, s, reason); });
}

Result<void> UserAgent::reinvite(TimePoint now, SessionId id, std::string sdp, Actions& out) {
  Turn turn{now, out};
  return core_->with(id, [&](Session& s) {
    return make_offer(*core_, turn, s, {.method = Method::invite, .sdp = std::move(sdp)});
  });
}

Result<void> UserAgent::update(TimePoint now, SessionId id, std::string sdp, Actions& out) {
  Turn turn{now, out};
  return core_->with(id, [&](Session& s) {
    return make_offer(*core_, turn, s, {.method = Method::update, .sdp = std::move(sdp)});
  });
}

Result<void> UserAgent::answer_offer(TimePoint now, SessionId id, std::string sdp, Actions& out) {
  Turn turn{now, out};
  return core_->with(id, [&](Session& s) { return answer_peer_offer(*core_, turn, s, std::move(sdp)); });
}

Result<void> UserAgent::refuse_offer(TimePoint now, SessionId id, const Refusal& refusal, Actions& out) {
  Turn turn{now, out};
  return core_->with(id, [&](Session& s) { return refuse_peer_offer(*core_, turn, s, refusal); });
}

Result<RequestId> UserAgent::send_request(TimePoint now, SessionId id, OutgoingRequest request,
                                          Actions& out) {
  Turn turn{now, out};
  return core_->with(id, [&](Session& s) { return send_generic(*core_, turn, s, std::move(request)); });
}

Result<void> UserAgent::respond(TimePoint now, SessionId id, RequestId request, const Refusal& answer,
                                Actions& out) {
  Turn turn{now, out};
  return core_->with(id, [&](Session& s) { return answer_generic(*core_, turn, s, request, answer); });
}

const Dialog* UserAgent::dialog(SessionId id) const {
  const Session* session = core_->find(id);
  return session == nullptr ? nullptr : &session->dialog;
}

const Flow* UserAgent::flow(SessionId id) const {
  const Session* session = core_->find(id);
  return session == nullptr ? nullptr : &session->flow;
}

Result<void> UserAgent::set_hops(SessionId id, std::vector<Flow> hops) {
  return core_->with(id, [&](Session& s) { return sip::set_hops(s, std::move(hops)); });
}

bool UserAgent::peer_allows(SessionId id, std::string_view method) const {
  const Session* session = core_->find(id);
  return session != nullptr && sip::peer_allows(*session, find_method(method));
}

bool UserAgent::peer_supports_100rel(SessionId id) const {
  const Session* session = core_->find(id);
  return session != nullptr && session->peer_100rel;
}

std::size_t UserAgent::sessions() const { return core_->sessions.size(); }
std::size_t UserAgent::transactions() const { return core_->table.size(); }

Result<SessionSnapshot> UserAgent::snapshot(TimePoint now, SessionId id) const {
  const Session* session = core_->find(id);
  if (session == nullptr) return fail(Code::not_found, "the session ended, or never was");
  return take_snapshot(now, *session);
}

Result<SessionId> UserAgent::restore(TimePoint now, SessionSnapshot snapshot) {
  return restore_session(*core_, now, std::move(snapshot));
}

}  // namespace portico::sip
