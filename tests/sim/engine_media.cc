#include "sim/engine_media.h"

#include "sim/server.h"

namespace portico::sim {

EngineMedia::EngineMedia(async::Loop& loop, Network& network, Luck& luck, int life, Sabotage sabotage)
    : loop_(loop),
      network_(network),
      luck_(luck),
      sabotage_(sabotage),
      tone_(sabotage == Sabotage::hushed_sounds ? 0 : 10'000),
      engine_({.mono = loop.now(), .wall = loop.wall()}, tone_),
      next_port_(static_cast<std::uint16_t>(20'000 + 1'000 * life)) {}

EngineMedia::~EngineMedia() { unplug(); }

void EngineMedia::unplug() {
  if (!std::exchange(plugged_, false)) return;
  for (const auto& [id, port] : ports_) network_.detach(port.local);
}

void EngineMedia::open(const Open& request, call::Sender events) {
  const auto id = request.port;
  const media::PortSeed seed{.ssrc = luck_.below(0xFFFF'FFFF),
                             .timestamp = luck_.below(0xFFFF'FFFF),
                             .sequence = static_cast<std::uint16_t>(luck_.below(0x1'0000)),
                             .rtcp = luck_.below(0xFFFF'FFFF)};
  const auto added = engine_.add_port(loop_.now(), id, seed);
  if (!added) {
    events.post(media::PortLost{.port = id, .reason = added.error().what});
    return;
  }
  next_port_ = static_cast<std::uint16_t>(next_port_ + 2);
  const Endpoint local{.ip = Server::address().ip, .port = next_port_};
  ports_[id] = {.events = events, .local = local};
  network_.attach(local, [this, id](const Datagram& datagram) { on_packet(id, datagram); });
  events.post(
      media::Ready{.port = id,
                   .local_rtp = local,
                   .local_rtcp = {.ip = local.ip, .port = static_cast<std::uint16_t>(local.port + 1)}});
  if (!std::exchange(ticking_, true)) tick();
}

void EngineMedia::send(media::Command command) {
  const auto id = media::port_of(command);
  const auto it = ports_.find(id);
  if (it == ports_.end()) return;
  if (const auto* configured = std::get_if<media::Configure>(&command))
    it->second.phone = configured->stream.remote_rtp;
  if (const auto* record = std::get_if<media::Record>(&command))
    recordings_[record->record] = it->second.events;
  engine_.apply(loop_.now(), command);
  carry_out();
  if (!std::holds_alternative<media::Close>(command)) return;
  if (engine_.has_port(id)) faults_.push_back("the engine keeps a port that was closed");
  network_.detach(it->second.local);
  ports_.erase(it);
}

void EngineMedia::on_packet(media::PortId id, const Datagram& datagram) {
  if (!plugged_) return;
  Bytes bytes(datagram.bytes.begin(), datagram.bytes.end());
  engine_.on_packet(loop_.now(), id, false, datagram.from, bytes);
  carry_out();
}

void EngineMedia::tick() {
  if (ports_.empty()) {
    ticking_ = false;
    return;
  }
  engine_.tick(loop_.now());
  carry_out();
  loop_.call_at(loop_.now() + 20ms, [this] { tick(); });
}

void EngineMedia::carry_out() {
  auto& outputs = engine_.outputs();
  for (const auto& packet : outputs.packets) {
    const auto it = ports_.find(packet.port);
    if (it == ports_.end()) {
      faults_.push_back("a closed port sends");
      continue;
    }
    if (packet.rtcp || sabotage_ == Sabotage::mute_ports) continue;
    const auto bytes = outputs.bytes_of(packet);
    const auto& from = sabotage_ == Sabotage::crossed_ports ? ports_.begin()->second : it->second;
    network_.send({.from = from.local, .to = packet.to, .bytes = std::string(bytes.begin(), bytes.end())});
  }
  for (const auto& event : outputs.events) tell(event);
  for (const auto& chunk : outputs.chunks) write(chunk);
  outputs.clear();
}

void EngineMedia::tell(const media::Event& event) {
  const auto it = ports_.find(media::port_of(event));
  if (it == ports_.end()) {
    faults_.push_back("a closed port tells something");
    return;
  }
  if (const auto* digit = std::get_if<media::Digit>(&event)) {
    if (sabotage_ == Sabotage::deaf_ports) return;
    digits_[it->second.phone].append(sabotage_ == Sabotage::doubled_key ? 2 : 1, digit->digit);
  }
  it->second.events.post(event);
}

// The worker that writes files tells of a closed one a little later, whether the port is still there or not.
void EngineMedia::write(const media::FileChunk& chunk) {
  const auto it = ports_.find(chunk.port);
  if (it != ports_.end()) it->second.samples[chunk.record] += chunk.samples.size() / chunk.channels;
  if (!chunk.closed) return;
  if (it != ports_.end() && it->second.samples[chunk.record] != chunk.closed->samples) {
    faults_.push_back("a recording's length is not that of its samples");
  }
  const auto events = recordings_.find(chunk.record);
  if (events == recordings_.end()) {
    faults_.push_back("a recording was closed twice");
    return;
  }
  loop_.call_at(loop_.now() + luck_.up_to(200ms),
                [sender = events->second, closed = *chunk.closed] { sender.post(closed); });
  recordings_.erase(events);
}

}  // namespace portico::sim
