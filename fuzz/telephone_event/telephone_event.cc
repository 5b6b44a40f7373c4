// room: rtp
// A stream of telephone-event packets: each digit begins once and ends once, whatever comes. The input is a
// row of packets: sequence step, timestamp step in units of 80, waiting time in ms, payload length, payload.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <optional>

#include "rtp/event_receiver.h"

namespace {

using namespace portico;
using namespace portico::rtp;

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

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  EventReceiver receiver(8'000);
  Listener listener;
  TimePoint now{1s};
  ByteView rest(data, size);
  Header header{.payload_type = 101};
  std::int64_t sequence = 0;
  while (rest.size() >= 4) {
    sequence += static_cast<std::int8_t>(rest[0]);
    header.sequence = static_cast<std::uint16_t>(sequence);
    header.timestamp += static_cast<std::uint32_t>(static_cast<std::int8_t>(rest[1]) * 80);
    now += Millis(rest[2]);
    const auto length = std::min<std::size_t>(rest[3] % 17, rest.size() - 4);
    listener.hear(receiver.on_time(now));
    const Packet packet{.header = header, .payload = rest.subspan(4, length)};
    if (const auto events = receiver.on_packet(packet, sequence, now)) {
      listener.hear(*events);
    }
    require(listener.held() == receiver.active());
    rest = rest.subspan(4 + length);
  }
  if (receiver.active()) listener.hear(receiver.on_time(receiver.deadline()));
  require(!listener.held() && !receiver.active());
  return 0;
}
