#include "signaling/pump.h"

#include <algorithm>

#include "base/attempt.h"
#include "base/counters.h"
#include "base/log.h"
#include "base/utf8.h"
#include "signaling/inbound.h"
#include "signaling/locate.h"
#include "sip/dialog/dialog.h"
#include "sip/message/headers.h"
#include "sip/message/uri.h"

namespace portico::signaling {
namespace {

call::Environment environment_of(async::Loop& loop, const Shared& shared) {
  const auto& ports = shared.ports;
  return {.loop = loop,
          .media = ports.media,
          .webhooks = ports.webhooks,
          .sounds = ports.sounds,
          .objects = ports.objects,
          .records = ports.records,
          .base_url = shared.options.base_url,
          .inline_base_url = shared.options.inline_base_url,
          .node = shared.options.node,
          .codecs = shared.options.codecs,
          .srtp = shared.options.srtp};
}

constexpr auto kRest = 100ms;  // until what failed for want of memory is tried again

// Steps of a batch are of many calls: one that fails, for want of memory, must not take the others with it.
template <typename Step>
bool succeeds(Step&& step) {
  try {
    step();
    return true;
  } catch (const std::exception& e) {
    log_exception("a step of a call's signalling ended by an exception", e);
    return false;
  }
}

// Takes out of `actions` what is not to be sent: all of it, where that cannot be found out.
template <typename Test>
void withhold(sip::Actions& actions, Test&& test) {
  if (!succeeds([&] { std::erase_if(actions.sends, test); })) actions.sends.clear();
}

Gauge& live_calls() {
  static auto& calls = gauge("portico_calls", "Calls in progress");
  return calls;
}

}  // namespace

Pump::Pump(async::Loop& loop, Shared shared, sip::UserAgentProfile profile, sip::Randomness& randomness,
           SendMessage send, HoldFlow hold)
    : loop_(loop),
      shared_(shared),
      agent_(std::move(profile), randomness),
      send_(std::move(send)),
      hold_(std::move(hold)),
      environment_(environment_of(loop_, shared_)),
      directory_(shared_.ports.directory),
      proofs_(shared_.door),
      scope_(loop_) {}

void Pump::on_message(const sip::Flow& flow, Passed&& passed) {
  auto& message = *passed.message;
  if (passed.fault) {
    return refuse({std::move(message), flow, passed.fault->status, {}}, *passed.fault, passed.answerable);
  }
  if (refuse_cleartext(flow, message)) return;
  sip::Actions out;
  const auto now = loop_.now();
  const auto size = message.text().size();
  const bool cancels = message.method() == sip::Method::cancel;
  // What it has told before memory ran out is carried out all the same: it concerns other steps of the call.
  (void)succeeds([&] { agent_.on_message(now, flow, std::move(message), out); });
  bool known = false;
  (void)succeeds([&] {
    const auto it = sessions_.find(out.dialog);
    known = it != sessions_.end() && proofs_.named_tag(it->second.caller, flow, size, now);
  });
  // What the stack answers at once (481, 420, a repetition of its answer) is held to the sender's budget. A
  // copy from another address than the request's is answered to nobody: who asked by it is not who would hear
  // it. What a CANCEL draws, or a request in the dialog, goes where the INVITE came from, once.
  if (!known) {
    withhold(out, [&](const sip::Send& one) {
      if (!is_answer(one)) return false;
      if (one.flow.remote.ip != flow.remote.ip) return !cancels && out.dialog == sip::SessionId::none;
      return !shared_.door.may_answer(one.flow, size, one.bytes.size(), now);
    });
  }
  carry_out(std::move(out));
}

void Pump::on_transport_error(const sip::Flow& flow) {
  sip::Actions out;
  (void)succeeds([&] { agent_.on_transport_error(loop_.now(), flow, out); });
  carry_out(std::move(out));
}

void Pump::refuse(const sip::NewRequest& request, const sip::Fault& fault, bool answerable) {
  const sip::Refusal refusal{.status = fault.status, .reason = std::string(fault.what), .headers = {}};
  sip::Actions out;
  const bool news = !answerable || agent_.refuse_spoiled(loop_.now(), request, refusal, out);
  send_within_budget(request, std::move(out));
  if (news && request.request.method() == sip::Method::invite) Inbound(*this).on_refused(request);
}

// A call that had to come by TLS stays with it: a request in its dialog could bring keys of its media in the
// clear. True: the message is such a request.
bool Pump::refuse_cleartext(const sip::Flow& flow, sip::Message& message) {
  static auto& refused = counter("portico_sip_cleartext_refused_total",
                                 "Requests by UDP or TCP in a dialog that has to use TLS");
  if (tls_tags_.empty() || sip::is_secure(flow.transport) || !message.is_request()) return false;
  const auto to = sip::read_to(message);
  if (!to || !tls_tags_.contains(std::string(to->tag()))) return false;
  refused.add();
  if (message.method() != sip::Method::ack) reply({std::move(message), flow, 0, {}}, {.status = 403});
  return true;
}

void Pump::carry_out(sip::Actions&& actions) {
  for (const auto& one : actions.sends) (void)succeeds([&] { send_(one); });
  for (auto& event : actions.events) (void)succeeds([&] { dispatch(event); });
  open_sessions_.store(agent_.sessions(), std::memory_order_relaxed);
  rearm();
}

void Pump::reply(const sip::NewRequest& request, const sip::Refusal& answer) {
  const auto one = agent_.reply(request, answer);
  const auto size = request.request.text().size();
  if (shared_.door.may_answer(request.flow, size, one.bytes.size(), loop_.now())) send_(one);
}

void Pump::refuse_once(const sip::NewRequest& invite, const sip::Refusal& refusal) {
  sip::Actions out;
  agent_.refuse(loop_.now(), invite, refusal, out);
  send_within_budget(invite, std::move(out));
}

void Pump::send_within_budget(const sip::NewRequest& request, sip::Actions&& answers) {
  const auto size = request.request.text().size();
  withhold(answers, [&](const sip::Send& one) {
    return one.flow.remote.ip != request.flow.remote.ip ||
           !shared_.door.may_answer(request.flow, size, one.bytes.size(), loop_.now());
  });
  carry_out(std::move(answers));
}

void Pump::withhold_elsewhere(sip::SessionId session, sip::Actions& out) {
  const auto it = sessions_.find(session);
  if (it == sessions_.end()) return;
  withhold(out, [&](const sip::Send& one) {
    return is_answer(one) && !proofs_.may_answer(it->second.caller, one, loop_.now());
  });
}

// One timer of the loop serves the agent; it moves only when the earliest deadline comes closer.
void Pump::rearm() {
  const auto next = std::max(agent_.next_deadline(), rest_until_);
  if (next >= timer_at_) return;
  if (timer_ != 0) loop_.cancel(std::exchange(timer_, 0));
  timer_at_ = kNever;
  timer_ = loop_.call_at(next, [this] {
    timer_ = 0;
    timer_at_ = kNever;
    on_time();
  });
  timer_at_ = next;
}

void Pump::on_time() {
  sip::Actions out;
  const auto now = loop_.now();
  if (!succeeds([&] { agent_.on_time(now, out); })) rest_until_ = now + kRest;
  withhold(out, [&](const sip::Send& one) { return !proofs_.may_repeat(one, now); });
  carry_out(std::move(out));
}

void Pump::on_acked(const sip::Acked& acked) {
  const auto it = sessions_.find(acked.session);
  if (it != sessions_.end()) now_proven(it->second);
  find_next_hop(acked.session);
  tell(acked.session, call::LegConfirmed{acked.sdp.empty() ? std::nullopt : std::optional(acked.sdp)});
}

void Pump::now_proven(Session& session) {
  if (std::exchange(session.unproven, false)) proofs_.acknowledged(session.caller);
}

void Pump::note_failed_input(const Error& error) {
  // A leg may outlive its session by a moment: a BYE from each side crosses on the wire.
  log::debug("a SIP session would not take an input", {{"why", error.what}});
}

void Pump::tell(sip::SessionId session, call::Event event) {
  const auto it = sessions_.find(session);
  if (it != sessions_.end()) it->second.sender.post(std::move(event));
}

void Pump::tell_end(sip::SessionId session, call::LegEnded::Why why, std::string_view reason) {
  const auto it = sessions_.find(session);
  if (it == sessions_.end() || it->second.end_told) return;
  it->second.sender.post(call::LegEnded{.why = why, .reason = mend_utf8(reason)});
  it->second.end_told = true;  // where there was no memory to tell it, the session's own end tells it again
}

namespace {

template <typename... Handlers>
struct Overloaded : Handlers... {
  using Handlers::operator()...;
};

}  // namespace

// Requests of ours go where Route or Contact says (RFC 3261 section 12.2.1.1), and where that has several
// addresses to the next when one fails. Over UDP a literal address the agent follows by itself; a name is
// looked up once the dialog stands, and again when the peer gives another; not for another connection, of
// which a peer may make one a request. Until then, and if that fails, they go back the way the peer's came. A
// connection is used while it is open, and the address behind it once it broke.
void Pump::find_next_hop(sip::SessionId session) {
  const auto it = sessions_.find(session);
  const auto* dialog = agent_.dialog(session);
  const auto* flow = agent_.flow(session);
  if (it == sessions_.end() || dialog == nullptr || flow == nullptr) return;
  NextHop next{.uri = sip::next_hop(*dialog), .transport = flow->transport};
  if (it->second.next_hop == next) return;
  it->second.next_hop = next;
  const auto uri = sip::parse_uri(next.uri);
  if (!uri || !is_to_be_located(*uri, *flow) || it->second.locating) return;
  locate(shared_.ports.resolver, loop_, next.uri, {.transport = next.transport}, random_u64,
         [this, session, next](Result<std::vector<Hop>> hops) {
           const auto kept = sessions_.find(session);
           const auto* present = agent_.flow(session);
           if (kept == sessions_.end()) return;
           kept->second.locating = false;
           if (present == nullptr) return;
           if (kept->second.next_hop != next) {  // what was asked for an earlier target counts no more
             kept->second.next_hop.reset();
             return find_next_hop(session);
           }
           if (hops) drop_unreachable(*hops, present->remote.ip);
           if (!hops || hops->empty()) {
             if (no_address_notes_.take(1, loop_.now()))
               log::info("a peer's next hop has no address: its requests go back the way its last one came");
             return;
           }
           std::vector<sip::Flow> flows(hops->size(), *present);
           for (std::size_t i = 0; i < flows.size(); ++i) {
             flows[i].connection = 0;
             flows[i].remote = (*hops)[i].endpoint;
           }
           const auto set = agent_.set_hops(session, std::move(flows));
           if (!set) note_failed_input(set.error());
         });
  it->second.locating = true;
}

// The peer may go on by another connection than its INVITE came by.
void Pump::hold_present_flow(sip::SessionId session) {
  const auto it = sessions_.find(session);
  const auto* present = agent_.flow(session);
  if (it == sessions_.end() || present == nullptr) return;
  auto& held = it->second.held;
  if (present->connection == held.connection) return;
  hold_(std::exchange(held, {}), false);
  hold_(*present, true);
  held = *present;
}

void Pump::forget(sip::SessionId session) {
  const auto it = sessions_.find(session);
  if (it == sessions_.end()) return;
  now_proven(it->second);
  proofs_.ended(it->second.caller);
  tls_tags_.erase(it->second.tls_tag);
  const auto held = it->second.held;
  sessions_.erase(it);
  hold_(held, false);
}

void Pump::bye(sip::SessionId session, std::string_view why) {
  act(session,
      [&](auto& agent, auto now, auto& out) { return agent.bye(now, session, reason_header(why), out); });
}

// A dialog without a call would stay for ever. Where there is not even memory for a farewell it goes without.
void Pump::abandon(sip::SessionId session) {
  try {
    bye(session, "an internal error");
  } catch (const std::exception& e) {
    log::error("a SIP session is let go without a word", {{"what", e.what()}});
    agent_.drop(session);
    forget(session);
  }
}

void Pump::dispatch(sip::UserAgentEvent& event) {
  using Why = call::LegEnded::Why;
  std::visit(
      Overloaded{
          [&](const sip::NewRequest& e) { on_request(e); },
          [&](const sip::Cancelled& e) { tell_end(e.session, Why::cancelled, e.reason); },
          [&](const sip::Acked& e) { on_acked(e); },
          [&](const sip::AckTimeout& e) {
            tell_end(e.session, Why::no_ack);
            bye(e.session, "no ACK came for the answer");
          },
          [&](const sip::ProvisionalTimeout& e) {
            tell_end(e.session, Why::failed, "no PRACK came for our reliable provisional answer");
          },
          [&](const sip::Offer& e) { tell(e.session, call::LegOffer{e.sdp, e.source, e.secure}); },
          [&](const sip::OfferAnswered& e) { tell(e.session, call::LegAnswer{e.offer, e.sdp, e.secure}); },
          [&](const sip::Moved& e) {
            hold_present_flow(e.session);
            find_next_hop(e.session);
          },
          [&](const sip::InfoReceived& e) {
            static auto& unread = counter("portico_sip_info_ignored_total",
                                          "INFO answered with 200 in which no key could be read");
            if (const auto digit = digit_of(e.body)) return tell(e.session, *digit);
            unread.add();
          },
          [&](const sip::PeerRequest& e) { on_peer_request(e); },
          [&](const sip::Challenged& e) {  // we have no credentials for anybody
            act(e.session,
                [&](auto& agent, auto now, auto& out) { return agent.abandon(now, e.session, out); });
          },
          [&](const sip::RequestAnswered& e) {
            // Of a probe. RFC 3261 section 12.2.1.2: these two, or that nobody could be reached. A 503
            // that came by the network is of the probe alone (RFC 5057 section 5.1).
            const bool unreachable = e.status == 503 && !e.response;
            if (e.status != 408 && e.status != 481 && !unreachable) return;
            const auto* const why =
                e.status == 481 ? "it says that it has no such call (481)" : "it does not answer";
            tell_end(e.session, Why::gone, why);
            bye(e.session, "no media for 60 s");
          },
          [&](const sip::PeerBye& e) { tell_end(e.session, Why::hangup, e.reason); },
          [&](const sip::SessionExpired& e) {
            tell_end(e.session, Why::expired, e.why);
            bye(e.session, e.why);
          },
          [&](const sip::Terminated& e) {
            tell_end(e.session, Why::failed, "the SIP session ended");
            forget(e.session);
          },
          [](const auto&) {},  // of INVITEs and requests that a server leg never sends
      },
      event);
}

void Pump::on_request(const sip::NewRequest& request) {
  static auto& options_answered = counter("portico_sip_options_total", "OPTIONS answered");
  const auto method = request.request.method();
  if (method == sip::Method::invite) {
    Inbound(*this).on_invite(request);
    return;
  }
  sip::Refusal answer{.status = 405};
  if (method == sip::Method::options) {
    options_answered.add();
    answer.status = shared_.draining ? 503 : 200;
    answer.headers = {{"Accept", "application/sdp"}, {"Supported", std::string(sip::kSupported)}};
  }
  answer.headers.push_back({"Allow", std::string(sip::kAllow)});
  reply(request, answer);
}

void Pump::on_peer_request(const sip::PeerRequest& request) {
  // Transfers belong to the application: contract voice-applications.md 5.5.
  const sip::Refusal answer{.status = request.method == "REFER" ? 603 : 405};
  act(request.session, [&](auto& agent, auto now, auto& out) {
    return agent.respond(now, request.session, request.request, answer, out);
  });
}

void Pump::start_call(sip::SessionId session, call::Inbound facts, const Admitted& admitted) {
  auto account_id = facts.application->account_id;
  const auto caller = facts.source;
  auto call = std::make_unique<call::Call>(environment_, std::move(facts));
  call->attach(std::make_unique<SipLeg>(*this, session));
  const auto held = *agent_.flow(session);
  proofs_.make_room(caller);  // first: where memory ends here, nothing has been counted
  auto& kept = sessions_[session] = {
      .sender = call->sender(), .held = {}, .caller = caller, .unproven = !admitted.proven};
  proofs_.began(caller, admitted.proven, admitted.bytes, loop_.now());
  if (admitted.tls_only) kept.tls_tag = *tls_tags_.insert(agent_.dialog(session)->local_tag).first;
  hold_(held, true);
  kept.held = held;
  scope_.start(host(session, std::move(call), std::move(account_id)));
}

async::Task<> Pump::host(sip::SessionId session, std::unique_ptr<call::Call> call, std::string account_id) {
  live_calls().add(1);
  bool ended = false;
  try {
    shared_.calls.add(call->id(), account_id, call->sender());
    auto run = call->run();
    co_await std::move(run);
    // Its place goes to the account's next call, however long its recordings take to be stored.
    shared_.door.accounts().ended(account_id);
    ended = true;
    auto rest = call->settle();
    co_await std::move(rest);
  } catch (const std::exception& e) {
    log::error("a call could not be ended for an exception", {{"what", e.what()}});
  }
  live_calls().add(-1);
  shared_.calls.remove(call->id());
  if (ended) co_return;
  call->let_go();
  shared_.door.accounts().ended(account_id);
  abandon(session);
}

}  // namespace portico::signaling
