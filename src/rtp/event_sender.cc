#include "rtp/event_sender.h"

#include <algorithm>

namespace portico::rtp {
namespace {

constexpr std::uint32_t kSegmentTicks = 0xFFFF;

std::uint32_t to_ticks(Millis duration, std::uint32_t clock_rate) {
  const auto millis = static_cast<std::uint64_t>(std::clamp<std::int64_t>(duration.count(), 1, 60'000));
  return static_cast<std::uint32_t>(millis * clock_rate / 1000);
}

}  // namespace

EventSender::EventSender(const Digit& digit, std::uint32_t timestamp, std::uint32_t clock_rate, Millis ptime)
    : digit_(digit),
      timestamp_(timestamp),
      total_(to_ticks(std::max(digit.duration, ptime), clock_rate)),
      step_(to_ticks(ptime, clock_rate)) {}

std::optional<EventSender::Out> EventSender::next() {
  if (done()) return std::nullopt;
  Out out{.event = {.event = digit_.event, .volume = digit_.volume}, .marker = elapsed_ == 0};
  elapsed_ = std::min(elapsed_ + step_, total_);
  out.timestamp = timestamp_ + segment_;
  if (elapsed_ - segment_ > kSegmentTicks) {
    out.event.duration = static_cast<std::uint16_t>(kSegmentTicks);
    segment_ += kSegmentTicks;
    return out;
  }
  out.event.duration = static_cast<std::uint16_t>(elapsed_ - segment_);
  out.event.end = elapsed_ == total_;
  if (out.event.end) ++ends_sent_;
  return out;
}

}  // namespace portico::rtp
