#include "rtp/event_receiver.h"

#include <algorithm>

namespace portico::rtp {
namespace {

constexpr std::uint32_t kSegmentTicks = 0xFFFF;
constexpr std::size_t kEventsPerPacketMax = 3;

}  // namespace

//            new timestamp               end packet, other timestamp, silence
//   idle ───────────────────▶ active ──────────────────────────────────────────▶ idle
//            began              │ ▲                  ended                       │ ▲
//                               └─┘ same timestamp, or its next segment          └─┘
Taken<DigitEvents> EventReceiver::on_packet(const Packet& packet, std::int64_t sequence, TimePoint now) {
  if (packet.payload.size() < kTelephoneEventBytes || packet.payload.size() % kTelephoneEventBytes != 0) {
    return Dropped(Drop::event_bad_payload);
  }
  auto timestamp = packet.header.timestamp;
  if (any_ && sequence <= newest_sequence_ && timestamp != segment_) return Dropped(Drop::event_stale);
  newest_sequence_ = std::max(newest_sequence_, sequence);

  DigitEvents out;
  const auto events = std::min(packet.payload.size() / kTelephoneEventBytes, kEventsPerPacketMax);
  // Of events packed together (section 2.5.1.5), each but the last is over: sent again, it is no news.
  const auto known = packed_ != 0 && timestamp == packed_at_ ? packed_ - 1 : 0;
  packed_at_ = timestamp;
  packed_ = std::max(known + 1, events);
  for (std::size_t i = 0; i < events; ++i) {  // they follow each other without a gap
    const auto event = parse_telephone_event(packet.payload.subspan(i * kTelephoneEventBytes));
    const bool marker = packet.header.marker && i == 0;
    if (i >= known) take({.event = *event, .timestamp = timestamp, .marker = marker}, now, out);
    timestamp += event->duration;
  }
  return out;
}

void EventReceiver::take(const Heard& heard, TimePoint now, DigitEvents& out) {
  const auto& event = heard.event;
  if (any_ && heard.timestamp == segment_ && event.event == event_) {
    duration_ = std::max(duration_, event.duration);
  } else if (any_ && continues(heard)) {
    segment_ = heard.timestamp;
    duration_ = event.duration;
  } else {
    finish(out);
    begin(heard, out);
  }
  over_ = over_ || event.end;
  if (!active_) return;  // the end packet's twins, a pause, or no digit
  heard_at_ = now;
  if (over_) finish(out);
}

// RFC 4733 section 2.5.1.3: a digit longer than the field can say goes on in a segment with a timestamp of
// its own, which is where the last one ended. libwebrtc's is that of the next packet instead, and of a digit
// that ends with that packet both segments have the end bit. The marker would tell of another event.
bool EventReceiver::continues(const Heard& heard) const {
  if (heard.event.event != event_) return false;
  const bool ends_both = heard.event.end && !heard.marker && duration_ == kSegmentTicks;
  if (over_ && !ends_both) return false;
  const auto step = heard.timestamp - segment_;
  return step == kSegmentTicks || step == kSegmentTicks + 1 ||
         (step == duration_ && step > kSegmentTicks / 2) ||
         (!heard.marker && step > kSegmentTicks && step - kSegmentTicks < clock_rate_ / 10);
}

void EventReceiver::begin(const Heard& heard, DigitEvents& out) {
  any_ = true;
  over_ = false;
  event_ = heard.event.event;
  began_ = heard.timestamp;
  segment_ = heard.timestamp;
  duration_ = heard.event.duration;
  const auto digit = digit_of(event_);
  if (!digit) return;  // known, so that its packets are not news; nothing to tell
  active_ = true;
  out.push({.phase = DigitEvent::Phase::began,
            .digit = *digit,
            .timestamp = heard.timestamp,
            .duration = millis(duration_)});
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
