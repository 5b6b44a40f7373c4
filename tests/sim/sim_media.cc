#include "sim/ports.h"

namespace portico::sim {

SimMedia::Port* SimMedia::find(media::PortId id) {
  const auto it = ports_.find(id);
  return it == ports_.end() ? nullptr : &it->second;
}

void SimMedia::open(const Open& request, call::Sender events) {
  const auto id = request.port;
  if (luck_.one_in(troubles_.lost_ports)) {
    events.post(media::PortLost{.port = id, .reason = "no port is free"});
    return;
  }
  ++opened_;
  ports_[id] = {.events = std::move(events), .keep = sabotage_ == Sabotage::kept_port && luck_.one_in(4)};
  const auto number = static_cast<std::uint16_t>(20'000 + 2 * (opened_ % 10'000));
  loop_.call_at(loop_.now() + luck_.up_to(30ms), [this, id, number] {
    auto* port = find(id);
    if (port == nullptr) return;
    const auto ip = IpAddress::v4(0xC0000201);
    port->events.post(media::Ready{.port = id,
                                   .local_rtp = {.ip = ip, .port = number},
                                   .local_rtcp = {.ip = ip, .port = static_cast<std::uint16_t>(number + 1)}});
  });
  if (luck_.one_in(troubles_.lost_ports)) {
    loop_.call_at(loop_.now() + luck_.up_to(20s), [this, id] { lose(id); });
  }
  for (auto keys = luck_.below(4); keys > 0; --keys) {
    loop_.call_at(loop_.now() + luck_.up_to(30s), [this, id] { press(id); });
  }
}

void SimMedia::fall_silent() const {
  for (auto [id, port] : ports_)
    port.events.post(media::MediaTimeout{.port = id, .rtp_in = true, .rtcp_in = true});
}

void SimMedia::press(media::PortId id) {
  if (auto* port = find(id)) {
    port->events.post(media::Digit{.port = id, .digit = "0123456789*#"[luck_.below(12)]});
  }
}

void SimMedia::send(media::Command command) {
  const auto id = media::port_of(command);
  auto* port = find(id);
  if (port == nullptr) return;
  if (const auto* c = std::get_if<media::Configure>(&command)) last_remote_ = c->stream.remote_rtp;
  if (const auto* c = std::get_if<media::Play>(&command)) play(id, *c);
  if (const auto* c = std::get_if<media::Record>(&command)) record(id, *c);
  if (const auto* c = std::get_if<media::StopRecord>(&command)) {
    end_record(id, c->record, media::RecordEnd::stopped);
  }
  if (const auto* c = std::get_if<media::SendDigits>(&command)) {
    port->events.post(media::DigitsSent{.port = id, .seq = c->seq});
  }
  if (const auto* c = std::get_if<media::Stop>(&command)) {
    const auto playing = port->playing;
    for (const auto& [play, timer] : playing) {
      if (c->play == 0 || c->play == play) end_play(id, play, media::PlayEnd::stopped);
    }
  }
  if (std::holds_alternative<media::Close>(command)) close(id);
}

void SimMedia::play(media::PortId id, const media::Play& play) {
  auto& port = ports_[id];
  const auto length = play.loop ? Millis(24h) : Millis(200) + luck_.up_to(4s);
  port.playing[play.play] = loop_.call_at(loop_.now() + length, [this, id, number = play.play] {
    end_play(id, number, media::PlayEnd::completed);
  });
}

void SimMedia::end_play(media::PortId id, media::PlayId play, media::PlayEnd end) {
  auto* port = find(id);
  if (port == nullptr) return;
  const auto it = port->playing.find(play);
  if (it == port->playing.end()) return;
  loop_.cancel(it->second);
  port->playing.erase(it);
  port->events.post(media::PlayEnded{.port = id, .play = play, .end = end});
}

void SimMedia::record(media::PortId id, const media::Record& record) {
  auto& port = ports_[id];
  const auto most = record.duration_max.count() == 0 ? Millis(1h) : record.duration_max;
  port.recording[record.record] = loop_.call_at(loop_.now() + most, [this, id, name = record.record] {
    end_record(id, name, media::RecordEnd::max_duration);
  });
}

void SimMedia::end_record(media::PortId id, const media::RecordId& record, media::RecordEnd end) {
  auto* port = find(id);
  if (port == nullptr) return;
  const auto it = port->recording.find(record);
  if (it == port->recording.end()) return;
  loop_.cancel(it->second);
  const auto name = it->first;
  port->recording.erase(it);
  if (sabotage_ == Sabotage::lost_recording) return;
  // The worker that writes the file tells of it, a little later, whether the port is still there or not.
  loop_.call_at(loop_.now() + luck_.up_to(200ms), [events = port->events, id, name, end]() mutable {
    events.post(media::RecordingClosed{.port = id, .record = name, .end = end, .duration = Millis(1500)});
  });
}

void SimMedia::close(media::PortId id) {
  auto& port = ports_[id];
  const auto playing = port.playing;
  for (const auto& [play, timer] : playing) end_play(id, play, media::PlayEnd::stopped);
  const auto recording = port.recording;
  for (const auto& [record, timer] : recording) end_record(id, record, media::RecordEnd::hangup);
  if (!port.keep) ports_.erase(id);
}

void SimMedia::lose(media::PortId id) {
  auto* port = find(id);
  if (port == nullptr) return;
  for (const auto& [play, timer] : port->playing) loop_.cancel(timer);
  for (const auto& [record, timer] : port->recording) loop_.cancel(timer);
  port->events.post(media::PortLost{.port = id, .reason = "its node died"});
  ports_.erase(id);
}

}  // namespace portico::sim
