#include "rtp/event_receiver.h"

#include <algorithm>

namespace portico::rtp {
namespace {

constexpr std::uint32_t kSegmentTicks = 0xFFFF;
constexpr std::size_t kEventsPerPacketMax = 3;

}  // namespace

//            new timestamp               end packet, other timestamp, silence
//   idle ───────────────────▶ active ──────────────────────────────────────────▶ idle
//            began              │ ▲                  ended
//                               └─┘ same timestamp, or its next segment: duration grows
Taken<DigitEvents> EventReceiver::on_packet(const Packet& packet, std::int64_t sequence, TimePoint now) {
  if (packet.payload.size() < kTelephoneEventBytes || packet.payload.size() % kTelephoneEventBytes != 0) {
    return Dropped(Drop::event_bad_payload);
  }
  auto timestamp = packet.header.timestamp;
  if (any_ && sequence <= newest_sequence_ && timestamp != segment_) return Dropped(Drop::event_stale);
  if (!any_ || sequence > newest_sequence_) newest_sequence_ = sequence;

  DigitEvents out;
  const auto events = std::min(packet.payload.size() / kTelephoneEventBytes, kEventsPerPacketMax);
  // Of events packed together (section 2.5.1.5), each but the last is over: sent again, it is no news.
  const auto known = packed_ != 0 && timestamp == packed_at_ ? packed_ - 1 : 0;
  packed_at_ = timestamp;
  packed_ = std::max(known + 1, events);
  for (std::size_t i = 0; i < events; ++i) {  // they follow each other without a gap
    const auto event = parse_telephone_event(packet.payload.subspan(i * kTelephoneEventBytes));
    if (i >= known) take(*event, timestamp, now, out);
    timestamp += event->duration;
  }
  return out;
}

void EventReceiver::take(const TelephoneEvent& event, std::uint32_t timestamp, TimePoint now,
                         DigitEvents& out) {
  const bool same = any_ && timestamp == segment_ && event.event == event_;
  if (same && !active_) return;  // the end packet's twins
  if (same) {
    duration_ = std::max(duration_, event.duration);
  } else if (active_ && continues(event, timestamp)) {
    segment_ = timestamp;
    duration_ = event.duration;
  } else {
    finish(out);
    any_ = true;
    event_ = event.event;
    began_ = timestamp;
    segment_ = timestamp;
    duration_ = event.duration;
    const auto digit = digit_of(event.event);
    if (!digit) return;  // known, so that its packets are not news; nothing to tell
    active_ = true;
    out.push({.phase = DigitEvent::Phase::began,
              .digit = *digit,
              .timestamp = timestamp,
              .duration = millis(event.duration)});
  }
  heard_at_ = now;
  if (event.end) finish(out);
}

// RFC 4733 section 2.5.1.3: a digit longer than the field can say goes on in a segment with a timestamp of
// its own.
bool EventReceiver::continues(const TelephoneEvent& event, std::uint32_t timestamp) const {
  if (event.event != event_) return false;
  const auto step = timestamp - segment_;
  return step == kSegmentTicks || step == kSegmentTicks + 1 ||
         (step == duration_ && step > kSegmentTicks / 2);
}

void EventReceiver::finish(DigitEvents& out) {
  if (!active_) return;
  active_ = false;
  const std::uint64_t ticks = std::uint64_t{segment_ - began_} + duration_;
  out.push({.phase = DigitEvent::Phase::ended,
            .digit = digit_of(event_).value_or('?'),
            .timestamp = began_,
            .duration = millis(ticks)});
}

Millis EventReceiver::millis(std::uint64_t ticks) const {
  return Millis(static_cast<std::int64_t>(ticks * 1'000 / clock_rate_));
}

DigitEvents EventReceiver::on_time(TimePoint now) {
  DigitEvents out;
  if (now >= deadline()) finish(out);
  return out;
}

}  // namespace portico::rtp
