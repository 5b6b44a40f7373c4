#include "signaling/worker.h"

#include "base/counters.h"
#include "signaling/edge.h"
#include "sip/transaction/keyed_hash.h"

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

Counter& handover_dropped() {
  static auto& dropped = counter("portico_sip_handover_dropped_total",
                                 "SIP messages dropped because too much waits for the worker they belong to");
  return dropped;
}

}  // namespace

template <typename Work>
void Worker::hand_over(Worker& to, std::size_t bytes, Handover::What what, Work&& work) {
  if (!to.handover_.take(bytes, what)) return handover_dropped().add();
  try {
    to.loop_.post([&to, bytes, work = std::forward<Work>(work)]() mutable {
      to.handover_.give_back(bytes);
      work();
    });
  } catch (...) {  // room that is not given back is lost for ever
    to.handover_.give_back(bytes);
    throw;
  }
}

Worker::Worker(std::uint32_t index, Shared shared)
    : index_(index),
      shared_(shared),
      loop_("sip-" + std::to_string(index)),
      transport_(loop_, {.on_message = [this](const sip::Flow& flow,
                                              sip::Parsed&& parsed) { on_wire(flow, std::move(parsed)); },
                         .on_error = [this](const sip::Flow& flow) { on_transport_error(flow); }}),
      all_{this} {}

Worker::~Worker() { stop(); }

Result<void> Worker::open(const Transport::Settings& settings) {
  auto opened = transport_.open(settings);
  if (!opened) return opened;
  pump_ = std::make_unique<Pump>(
      loop_, shared_, profile_of(shared_.options, transport_), randomness_,
      [this](const sip::Send& one) { send(one); },
      [this](const sip::Flow& flow, bool in_use) { hold(flow, in_use); });
  return {};
}

void Worker::stop() {
  loop_.stop();
  loop_.join();
}

Worker& Worker::owner_of(const sip::Message& message) {
  if (all_.size() == 1) return *this;
  // Callers choose their Call-IDs: under a secret key, or they would choose one worker for all of them.
  static const auto hash = [] {
    sip::SystemRandomness randomness;
    return sip::KeyedHash(randomness);
  }();
  return *all_[hash({message.value(sip::Header::call_id)}).low % all_.size()];
}

void Worker::on_wire(const sip::Flow& flow, sip::Parsed&& parsed) {
  const auto size = parsed.message.text().size();
  auto passed = pass_edge(flow, std::move(parsed));
  if (!passed.message) return;
  // Who owns a request's transaction knows whether a spoiled one is a copy of it; over a stream none is, and
  // an answer that another worker gives could come after what broke the stream closed it.
  const bool ours = passed.fault && (!passed.answerable || sip::is_reliable(flow.transport));
  auto& owner = ours ? *this : owner_of(*passed.message);
  if (&owner == this) {
    pump_->on_message(flow, std::move(passed));
    return;
  }
  const auto what = passed.fault ? Handover::What::new_request : what_of(*passed.message);
  hand_over(owner, size, what, [&owner, flow, passed = std::move(passed)]() mutable {
    owner.pump_->on_message(flow, std::move(passed));
  });
}

void Worker::on_transport_error(const sip::Flow& flow) {
  for (auto* worker : all_) {
    hand_over(*worker, 0, Handover::What::other, [worker, flow] { worker->pump_->on_transport_error(flow); });
  }
}

void Worker::send(const sip::Send& one) {
  const auto holder = one.flow.socket;
  // Any worker's UDP socket is bound to the same port; a connection belongs to one.
  if (one.flow.transport == sip::Transport::udp || holder == index_ || holder >= all_.size()) {
    transport_.send(one.flow, one.bytes);
    return;
  }
  auto* other = all_[holder];
  hand_over(*other, one.bytes.size(), Handover::What::other,
            [other, one] { other->transport_.send(one.flow, one.bytes); });
}

void Worker::hold(const sip::Flow& flow, bool in_use) {
  if (flow.connection == 0) return;
  if (flow.socket == index_ || flow.socket >= all_.size()) return transport_.hold(flow, in_use);
  auto* other = all_[flow.socket];
  other->loop_.post([other, flow, in_use] { other->transport_.hold(flow, in_use); });
}

}  // namespace portico::signaling
