#include "signaling/worker.h"

#include "signaling/edge.h"
#include "sip/message/headers.h"

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

}  // namespace

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
  return *all_[std::hash<std::string_view>{}(message.value(sip::Header::call_id)) % all_.size()];
}

void Worker::on_wire(const sip::Flow& flow, sip::Parsed&& parsed) {
  const auto size = parsed.message.text().size();
  auto passed = pass_edge(flow, std::move(parsed), "edge");
  if (!passed.reply.empty() && shared_.door.may_answer(flow, size, passed.reply.size(), loop_.now())) {
    transport_.send(flow, passed.reply);
  }
  if (passed.fault) pump_->note_refused(flow, std::move(passed.refused), *passed.fault);
  if (!passed.message) return;
  auto& owner = owner_of(*passed.message);
  if (&owner == this) {
    pump_->on_message(flow, std::move(*passed.message));
    return;
  }
  owner.loop_.post([&owner, flow, message = std::move(*passed.message)]() mutable {
    owner.pump_->on_message(flow, std::move(message));
  });
}

void Worker::on_transport_error(const sip::Flow& flow) {
  for (auto* worker : all_) {
    worker->loop_.post([worker, flow] { worker->pump_->on_transport_error(flow); });
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
  other->loop_.post([other, one] { other->transport_.send(one.flow, one.bytes); });
}

void Worker::hold(const sip::Flow& flow, bool in_use) {
  if (flow.connection == 0) return;
  if (flow.socket == index_ || flow.socket >= all_.size()) return transport_.hold(flow, in_use);
  auto* other = all_[flow.socket];
  other->loop_.post([other, flow, in_use] { other->transport_.hold(flow, in_use); });
}

}  // namespace portico::signaling
