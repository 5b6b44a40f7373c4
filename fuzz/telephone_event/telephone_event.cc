// room: rtp
// A stream of telephone-event packets: each digit begins once and ends once, whatever comes. The input is a
// row of packets: sequence step, timestamp step (two octets, signed), waiting time in ms, payload length
// (with 128: 65,535 more of the timestamp step, a whole segment), payload.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <optional>

#include "rtp/event_receiver.h"

namespace {

using namespace portico;
using namespace portico::rtp;

constexpr std::size_t kRowBytes = 5;

void require(bool holds) {
  if (!holds) std::abort();
}

class Listener {
 public:
  void hear(const DigitEvents& events) {
    for (const auto& event : events) {
      if (event.phase == DigitEvent::Phase::began) {
        require(!held_);
        held_ = event;
      } else {
        require(held_ && held_->digit == event.digit && held_->timestamp == event.timestamp);
        require(event.duration.count() >= 0);
        held_.reset();
      }
    }
  }
  bool held() const { return held_.has_value(); }

 private:
  std::optional<DigitEvent> held_;
};

// What was told of the last packet is not told again by one of the same event, nor by one of its next
// segment.
class Memory {
 public:
  void note(const Packet& packet, const DigitEvents& told) {
    const auto event = *parse_telephone_event(packet.payload);
    const auto timestamp = packet.header.timestamp;
    const bool alone = packet.payload.size() == kTelephoneEventBytes;
    const bool same = last_ && last_->event == event.event && last_->timestamp == timestamp;
    const bool next_segment = last_ && last_->event == event.event && last_->alone && !last_->ended &&
                              timestamp - last_->timestamp == 0xFFFF;
    if (alone && (same || next_segment)) {
      for (const auto& one : told) require(one.phase == DigitEvent::Phase::ended);
    }
    // A twin of what was packed last may be over by the end bit of that.
    const bool ended = event.end || (same ? last_->ended : told.empty());
    last_ = {.event = event.event,
             .timestamp = timestamp,
             .alone = alone && (!last_ || last_->timestamp != timestamp || last_->alone),
             .ended = ended};
  }

 private:
  struct Last {
    std::uint8_t event;
    std::uint32_t timestamp;
    bool alone;  // no other event was packed behind it
    bool ended;
  };
  std::optional<Last> last_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  EventReceiver receiver(8'000);
  Listener listener;
  Memory memory;
  TimePoint now{1s};
  ByteView rest(data, size);
  Header header{.payload_type = 101};
  std::int64_t sequence = 0;
  while (rest.size() >= kRowBytes) {
    sequence += static_cast<std::int8_t>(rest[0]);
    header.sequence = static_cast<std::uint16_t>(sequence);
    const auto step = static_cast<std::int16_t>(rest[1] << 8 | rest[2]);
    header.timestamp += static_cast<std::uint32_t>(step) + (rest[4] < 128 ? 0U : 0xFFFFU);
    header.marker = rest[3] % 2 != 0;
    now += Millis(rest[3]);
    const auto length = std::min<std::size_t>(rest[4] % 128 % 17, rest.size() - kRowBytes);
    listener.hear(receiver.on_time(now));
    const Packet packet{.header = header, .payload = rest.subspan(kRowBytes, length)};
    if (const auto events = receiver.on_packet(packet, sequence, now)) {
      listener.hear(*events);
      memory.note(packet, *events);
    }
    require(listener.held() == receiver.active());
    rest = rest.subspan(kRowBytes + length);
  }
  if (receiver.active()) listener.hear(receiver.on_time(receiver.deadline()));
  require(!listener.held() && !receiver.active());
  return 0;
}
