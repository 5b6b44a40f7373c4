#include "media/receiver.h"

#include <algorithm>
#include <utility>

#include "base/counters.h"
#include "media/drop.h"

namespace portico::media {
namespace {

void count_taken_over() {
  static auto& replaced =
      counter("portico_media_sources_replaced_total",
              "Media sources that came first and gave way to the one of SDP or signalling");
  replaced.add();
}

std::vector<ReceiveEvents> events_of(const StreamDescription& stream) {
  std::vector<ReceiveEvents> events;
  if (stream.receive_event_type) events.push_back({*stream.receive_event_type, stream.event_clock});
  events.insert(events.end(), stream.other_events.begin(), stream.other_events.end());
  return events;
}

}  // namespace

void Receiver::configure(const StreamDescription& stream, bool new_key, bool resumed) {
  const SourceLock::Expectation expected{.sdp = stream.remote_rtp,
                                         .any_address = stream.remote_behind_nat,
                                         .proven = stream.receive_key.has_value(),
                                         .signalling = stream.signalling_source};
  if (new_key || expected != lock_.expectation()) {
    if (source_ && lock_.ssrc())
      former_ = std::make_unique<OtherStream>(OtherStream{*lock_.ssrc(), std::move(*source_)});
    source_.reset();
    lock_.expect(expected);
  } else if (resumed) {
    lock_.doubt();
  }
  codecs_.fill(kNotAccepted);
  for (const auto& format : stream.also_accepted) {
    if (format.payload_type < codecs_.size())
      codecs_[format.payload_type] = static_cast<std::uint8_t>(format.codec);
  }
  if (stream.receive_payload_type < codecs_.size()) {
    codecs_[stream.receive_payload_type] = static_cast<std::uint8_t>(stream.codec);
  }
  auto events = events_of(stream);
  if (source_ && stream.codec != codec_) source_->statistics.set_clock(rtp_clock_rate(stream.codec));
  if (source_) go_on(source_->events, events);
  if (keypad_) go_on(keypad_->source.events, events);
  if (former_) go_on(former_->source.events, events);
  event_types_ = std::move(events);
  codec_ = stream.codec;
  receive_ = stream.receive;
}

bool Receiver::known_type(std::uint8_t payload_type) const {
  return codecs_[payload_type] != kNotAccepted || find_event_type(payload_type) < event_types_.size();
}

std::size_t Receiver::find_event_type(std::uint8_t payload_type) const {
  const auto at = std::ranges::find(event_types_, payload_type, &ReceiveEvents::payload_type);
  return static_cast<std::size_t>(at - event_types_.begin());
}

// From bytes to a packet of an address that may speak, decrypted, of a type that was negotiated.
std::optional<rtp::Packet> Receiver::open(TimePoint now, const Endpoint& from, std::span<std::uint8_t> bytes,
                                          rtp::SrtpSession* srtp) {
  if (!lock_.admits(now, from)) {
    ++counts_.strangers;
    count(Drop::stranger);
    return std::nullopt;
  }
  if (srtp != nullptr) {
    const auto length = srtp->unprotect_rtp(bytes);
    if (!length) {
      rtp::count(length.error());
      return std::nullopt;
    }
    bytes = bytes.first(*length);
  }
  const auto packet = rtp::parse_packet(bytes);
  if (!packet) {
    rtp::count(packet.error());
    return std::nullopt;
  }
  if (!known_type(packet->header.payload_type)) {
    count(Drop::payload_type);
    return std::nullopt;
  }
  return *packet;
}

// On hold: nothing of it is taken, but the roll-over counter must not miss that the numbers went on.
void Receiver::pass_over(TimePoint now, const Endpoint& from, std::span<std::uint8_t> bytes,
                         rtp::SrtpSession* srtp) const {
  count(Drop::not_receiving);
  if (srtp == nullptr || !lock_.admits(now, from)) return;
  if (const auto length = srtp->unprotect_rtp(bytes); !length) rtp::count(length.error());
}

bool Receiver::believe(TimePoint now, const Endpoint& from, const rtp::Header& header, Heard& heard) {
  const auto verdict = lock_.on_packet(now, from, header);
  switch (verdict) {
    case SourceLock::Verdict::accept:
      return true;
    case SourceLock::Verdict::locked_now:
    case SourceLock::Verdict::taken_over:
      if (verdict == SourceLock::Verdict::taken_over) count_taken_over();
      heard.locked_now = true;
      heard.settled = lock_.settled(now);
      start_source();
      return true;
    case SourceLock::Verdict::came_back:
      heard.locked_now = true;
      heard.settled = lock_.settled(now);
      return true;
    case SourceLock::Verdict::new_stream:
      start_source();
      return true;
    case SourceLock::Verdict::unproven:
      count(Drop::not_proven_yet);
      return false;
    case SourceLock::Verdict::other_stream:
      count(Drop::other_source);
      return false;
  }
  return false;
}

void Receiver::start_source() {
  source_.emplace(rtp_clock_rate(codec_));
  source_->events = fresh_events();
  // A digit that is being pressed goes on.
  for (auto* known : {keypad_.get(), former_.get()}) {
    if (known == nullptr || known->ssrc != lock_.ssrc() || known->source.events.size() != event_types_.size())
      continue;
    source_->events.swap(known->source.events);
    for (auto& events : source_->events) events.renumber();  // by the statistics of this source
  }
  if (listening()) listen(listen_rate_);
}

// With other payload types maybe a digit that is being pressed goes on, or it would be heard twice.
void Receiver::go_on(std::vector<rtp::EventReceiver>& events, const std::vector<ReceiveEvents>& types) const {
  std::vector<rtp::EventReceiver> next;
  for (const auto& type : types) {
    const auto same = std::ranges::find(event_types_, type.clock, &ReceiveEvents::clock);
    if (same == event_types_.end()) {
      next.emplace_back(type.clock);
    } else {
      next.push_back(events[static_cast<std::size_t>(same - event_types_.begin())]);
    }
  }
  events = std::move(next);
}

std::vector<rtp::EventReceiver> Receiver::fresh_events() const {
  std::vector<rtp::EventReceiver> events;
  events.reserve(event_types_.size());
  for (const auto& type : event_types_) events.emplace_back(type.clock);
  return events;
}

bool Receiver::in_sequence(TimePoint now, const rtp::Header& header, bool of_our_clock) {
  if (!source_) start_source();
  const auto timestamp = of_our_clock ? std::optional(header.timestamp) : std::nullopt;
  switch (source_->statistics.on_packet(header.sequence, timestamp, now)) {
    case rtp::ReceiveStatistics::Verdict::in_order:
    case rtp::ReceiveStatistics::Verdict::late:
      return true;
    case rtp::ReceiveStatistics::Verdict::jumped:
      count(Drop::sequence_jump);
      return false;
    case rtp::ReceiveStatistics::Verdict::restarted:
      break;
  }
  source_->events = fresh_events();
  if (listening()) listen(listen_rate_);
  return true;
}

Receiver::Heard Receiver::on_rtp(TimePoint now, const Endpoint& from, std::span<std::uint8_t> bytes,
                                 rtp::SrtpSession* srtp) {
  Heard heard;
  if (!receive_) {
    pass_over(now, from, bytes, srtp);
    return heard;
  }
  const auto packet = open(now, from, bytes, srtp);
  if (!packet) return heard;
  const auto type = find_event_type(packet->header.payload_type);
  const bool is_event = type < event_types_.size();
  if (is_event && srtp != nullptr && lock_.locked() == from && lock_.ssrc() != packet->header.ssrc) {
    heard.genuine = true;
    on_keypad(now, *packet, type, heard);
    return heard;
  }
  if (!believe(now, from, packet->header, heard)) return heard;
  heard.genuine = true;
  const auto codec = is_event ? codec_ : static_cast<Codec>(codecs_[packet->header.payload_type]);
  const bool of_our_clock = !is_event && rtp_clock_rate(codec) == rtp_clock_rate(codec_);
  if (!in_sequence(now, packet->header, of_our_clock)) return heard;
  ++counts_.packets;
  counts_.octets += packet->payload.size();
  if (is_event) {
    on_event(now, *packet, type, heard);
  } else {
    on_audio(now, *packet, codec);
  }
  return heard;
}

void Receiver::on_event(TimePoint now, const rtp::Packet& packet, std::size_t type, Heard& heard) {
  if (playout_) playout_->on_other(packet.header.sequence);
  take_digits(*source_, type, packet, now, heard);
}

void Receiver::on_keypad(TimePoint now, const rtp::Packet& packet, std::size_t type, Heard& heard) {
  const auto& header = packet.header;
  const bool known = keypad_ != nullptr && keypad_->ssrc == header.ssrc &&
                     keypad_->source.events.size() == event_types_.size();
  if (!known) {
    keypad_ = std::make_unique<OtherStream>(
        OtherStream{.ssrc = header.ssrc, .source = Source(event_types_[type].clock)});
    keypad_->source.events = fresh_events();
  }
  auto& source = keypad_->source;
  const auto verdict = source.statistics.on_packet(header.sequence, std::nullopt, now);
  if (verdict == rtp::ReceiveStatistics::Verdict::jumped) return count(Drop::sequence_jump);
  if (verdict == rtp::ReceiveStatistics::Verdict::restarted) source.events = fresh_events();
  take_digits(source, type, packet, now, heard);
}

void Receiver::take_digits(Source& source, std::size_t type, const rtp::Packet& packet, TimePoint now,
                           Heard& heard) {
  const auto sequence = source.statistics.extend(packet.header.sequence);
  const auto digits = source.events[type].on_packet(packet, sequence, now);
  if (!digits) return rtp::count(digits.error());
  for (const auto& digit : *digits) {
    if (digit.phase == rtp::DigitEvent::Phase::began) heard.digits.push_back(digit);
  }
}

void Receiver::on_audio(TimePoint now, const rtp::Packet& packet, Codec codec) {
  if (!listening() || packet.payload.empty()) return;
  // Who mixes two codecs packet by packet is heard in one: a decoder for each packet would cost too much.
  const bool again = std::exchange(last_codec_, codec) == codec;
  if (playout_ && playout_->codec() != codec && !again) return playout_->on_other(packet.header.sequence);
  if (!playout_ || playout_->codec() != codec) {
    drop_playout();
    playout_ = std::make_unique<Playout>(codec, listen_rate_);
  }
  playout_->on_audio(now, packet);
}

void Receiver::on_time(TimePoint now) {
  if (source_) {
    for (auto& events : source_->events) events.on_time(now);
  }
  if (keypad_) {
    for (auto& events : keypad_->source.events) events.on_time(now);
  }
}

void Receiver::drop_playout() {
  if (!playout_) return;
  counts_.playout.late += playout_->counts().late;
  counts_.playout.duplicate += playout_->counts().duplicate;
  counts_.playout.concealed += playout_->counts().concealed;
  playout_.reset();
}

void Receiver::listen(unsigned rate) {
  drop_playout();
  listen_rate_ = rate;
}

void Receiver::stop_listening() {
  drop_playout();
  listen_rate_ = 0;
}

bool Receiver::pull(TimePoint now, std::span<std::int16_t> frame) {
  if (playout_) return playout_->pull(now, frame);
  std::fill(frame.begin(), frame.end(), std::int16_t{0});
  return false;
}

Receiver::Counts Receiver::counts() const {
  auto counts = counts_;
  if (!playout_) return counts;
  counts.playout.late += playout_->counts().late;
  counts.playout.duplicate += playout_->counts().duplicate;
  counts.playout.concealed += playout_->counts().concealed;
  return counts;
}

}  // namespace portico::media
