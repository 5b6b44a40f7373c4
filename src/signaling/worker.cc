#include "signaling/worker.h"

#include "base/counters.h"
#include "base/log.h"
#include "signaling/edge.h"
#include "signaling/inbound.h"
#include "signaling/locate.h"
#include "sip/dialog/dialog.h"
#include "sip/message/headers.h"
#include "sip/message/uri.h"

namespace portico::signaling {
namespace {

sip::UserAgentProfile profile_of(const Options& options, const Transport& transport) {
  sip::UserAgentProfile profile;
  const auto host = options.public_ip.to_string();
  for (const auto kind : {sip::Transport::udp, sip::Transport::tcp, sip::Transport::tls}) {
    const auto port = kind == sip::Transport::tls ? transport.sips_port() : transport.sip_port();
    profile.advertised[static_cast<std::size_t>(kind)] = host + ":" + std::to_string(port);
  }
  return profile;
}

call::Environment environment_of(async::Loop& loop, const Shared& shared) {
  const auto& ports = shared.ports;
  return {.loop = loop,
          .media = ports.media,
          .webhooks = ports.webhooks,
          .sounds = ports.sounds,
          .objects = ports.objects,
          .records = ports.records,
          .base_url = shared.options.base_url,
          .node = shared.options.node,
          .codecs = shared.options.codecs,
          .srtp = shared.options.srtp};
}

Gauge& live_calls() {
  static auto& calls = gauge("portico_calls", "Calls in progress");
  return calls;
}

}  // namespace

Worker::Worker(std::uint32_t index, Shared shared)
    : index_(index),
      shared_(shared),
      loop_("sip-" + std::to_string(index)),
      transport_(loop_, {.on_message = [this](const sip::Flow& flow,
                                              sip::Parsed&& parsed) { on_wire(flow, std::move(parsed)); },
                         .on_error = [this](const sip::Flow& flow) { on_transport_error(flow); }}),
      environment_(environment_of(loop_, shared_)),
      directory_(shared_.ports.directory),
      all_{this},
      scope_(loop_) {}

Worker::~Worker() { stop(); }

Result<void> Worker::open(const Transport::Settings& settings) {
  auto opened = transport_.open(settings);
  if (!opened) return opened;
  agent_ = std::make_unique<sip::UserAgent>(profile_of(shared_.options, transport_), randomness_);
  return {};
}

void Worker::stop() {
  loop_.stop();
  loop_.join();
}

Worker& Worker::owner_of(const sip::Message& message) {
  if (all_.size() == 1) return *this;
  return *all_[std::hash<std::string_view>{}(message.value(sip::Header::call_id)) % all_.size()];
}

void Worker::on_wire(const sip::Flow& flow, sip::Parsed&& parsed) {
  auto passed = pass_edge(flow, std::move(parsed), "edge");
  if (!passed.reply.empty()) transport_.send(flow, passed.reply);
  if (!passed.message) return;
  auto& owner = owner_of(*passed.message);
  if (&owner == this) {
    on_message(flow, std::move(*passed.message));
    return;
  }
  owner.loop_.post([&owner, flow, message = std::move(*passed.message)]() mutable {
    owner.on_message(flow, std::move(message));
  });
}

void Worker::on_message(const sip::Flow& flow, sip::Message&& message) {
  sip::Actions out;
  agent_->on_message(loop_.now(), flow, std::move(message), out);
  carry_out(std::move(out));
}

void Worker::on_transport_error(const sip::Flow& flow) {
  for (auto* worker : all_) {
    worker->loop_.post([worker, flow] {
      worker->act([&](auto& agent, auto now, auto& out) {
        agent.on_transport_error(now, flow, out);
        return Result<void>();
      });
    });
  }
}

void Worker::carry_out(sip::Actions&& actions) {
  for (const auto& one : actions.sends) send(one);
  for (auto& event : actions.events) dispatch(event);
  rearm();
}

void Worker::send(const sip::Send& one) {
  const auto holder = one.flow.socket;
  // Any worker's UDP socket is bound to the same port; a connection belongs to one.
  if (one.flow.transport == sip::Transport::udp || holder == index_ || holder >= all_.size()) {
    transport_.send(one.flow, one.bytes);
    return;
  }
  auto* other = all_[holder];
  other->loop_.post([other, one] { other->transport_.send(one.flow, one.bytes); });
}

// One timer of the loop serves the agent; it moves only when the earliest deadline comes closer.
void Worker::rearm() {
  const auto next = agent_->next_deadline();
  if (next >= timer_at_) return;
  if (timer_ != 0) loop_.cancel(timer_);
  timer_at_ = next;
  timer_ = loop_.call_at(next, [this] {
    timer_ = 0;
    timer_at_ = kNever;
    act([](auto& agent, auto now, auto& out) {
      agent.on_time(now, out);
      return Result<void>();
    });
  });
}

void Worker::note_failed_input(const Error& error) {
  // A leg may outlive its session by a moment: a BYE from each side crosses on the wire.
  log::debug("a SIP session would not take an input", {{"why", error.what}});
}

void Worker::tell(sip::SessionId session, call::Event event) {
  const auto it = sessions_.find(session);
  if (it != sessions_.end()) it->second.sender.post(std::move(event));
}

void Worker::tell_end(sip::SessionId session, call::LegEnded::Why why, std::string reason) {
  const auto it = sessions_.find(session);
  if (it == sessions_.end() || std::exchange(it->second.end_told, true)) return;
  it->second.sender.post(call::LegEnded{.why = why, .reason = std::move(reason)});
}

namespace {

template <typename... Handlers>
struct Overloaded : Handlers... {
  using Handlers::operator()...;
};

}  // namespace

// Requests of ours go where Route or Contact says (RFC 3261 section 12.2.1.1). A literal address the agent
// follows by itself; a name is looked up once the dialog stands. Until then, and if that fails, they go back
// the way the INVITE came.
void Worker::find_next_hop(sip::SessionId session) {
  const auto* dialog = agent_->dialog(session);
  const auto* flow = agent_->flow(session);
  if (dialog == nullptr || flow == nullptr || sip::is_reliable(flow->transport)) return;
  const auto next = sip::route(*dialog).next_hop;
  const auto uri = sip::parse_uri(next);
  if (!uri || !uri->is_sip() || sip::host_address(uri->host)) return;
  locate(shared_.ports.resolver, loop_, next, {.transport = flow->transport}, random_u64,
         [this, session](Result<std::vector<Hop>> hops) {
           const auto* present = agent_->flow(session);
           if (present == nullptr) return;
           if (!hops || hops->empty()) {
             log::info("a peer's next hop has no address: its requests go back the way its INVITE came");
             return;
           }
           auto flow_to = *present;
           flow_to.remote = hops->front().endpoint;
           const auto set = agent_->set_flow(session, flow_to);
           if (!set) note_failed_input(set.error());
         });
}

void Worker::bye(sip::SessionId session) {
  act([&](auto& agent, auto now, auto& out) { return agent.bye(now, session, {}, out); });
}

void Worker::dispatch(sip::UserAgentEvent& event) {
  using Why = call::LegEnded::Why;
  std::visit(Overloaded{
                 [&](const sip::NewRequest& e) { on_request(e); },
                 [&](const sip::Cancelled& e) { tell_end(e.session, Why::cancelled, e.reason); },
                 [&](const sip::Acked& e) {
                   find_next_hop(e.session);
                   tell(e.session, call::LegConfirmed{e.sdp.empty() ? std::nullopt : std::optional(e.sdp)});
                 },
                 [&](const sip::AckTimeout& e) {
                   tell_end(e.session, Why::no_ack);
                   bye(e.session);
                 },
                 [&](const sip::ProvisionalTimeout& e) {
                   tell_end(e.session, Why::failed, "no PRACK came for our reliable provisional answer");
                 },
                 [&](const sip::Offer& e) { tell(e.session, call::LegOffer{e.sdp}); },
                 [&](const sip::InfoReceived& e) {
                   if (const auto digit = digit_of(e.body)) tell(e.session, *digit);
                 },
                 [&](const sip::PeerRequest& e) { on_peer_request(e); },
                 [&](const sip::PeerBye& e) { tell_end(e.session, Why::hangup, e.reason); },
                 [&](const sip::SessionExpired& e) {
                   tell_end(e.session, Why::expired);
                   bye(e.session);
                 },
                 [&](const sip::Terminated& e) {
                   tell_end(e.session, Why::failed, "the SIP session ended");
                   sessions_.erase(e.session);
                 },
                 [](const auto&) {},  // of INVITEs and requests that a server leg never sends
             },
             event);
}

void Worker::on_request(const sip::NewRequest& request) {
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
    answer.headers = {{"Accept", "application/sdp"}, {"Supported", "100rel, timer"}};
  }
  answer.headers.push_back({"Allow", "INVITE, ACK, CANCEL, BYE, OPTIONS, PRACK, UPDATE, INFO"});
  send(agent_->reply(request, answer));
}

void Worker::on_peer_request(const sip::PeerRequest& request) {
  // Transfers belong to the application: contract voice-applications.md 5.5.
  const sip::Refusal answer{.status = request.method == "REFER" ? 603 : 405};
  act([&](auto& agent, auto now, auto& out) {
    return agent.respond(now, request.session, request.request, answer, out);
  });
}

void Worker::start_call(sip::SessionId session, call::Inbound facts) {
  auto account_id = facts.application->account_id;
  auto call = std::make_unique<call::Call>(environment_, std::move(facts));
  call->attach(std::make_unique<SipLeg>(*this, session));
  sessions_[session] = {.sender = call->sender()};
  shared_.calls.add(call->id(), call->sender());
  scope_.start(host(std::move(call), std::move(account_id)));
}

async::Task<> Worker::host(std::unique_ptr<call::Call> call, std::string account_id) {
  live_calls().add(1);
  auto run = call->run();
  co_await std::move(run);
  live_calls().add(-1);
  shared_.door.accounts().ended(account_id);
  shared_.calls.remove(call->id());
}

}  // namespace portico::signaling
