#include "sim/network.h"

namespace portico::sim {

Network::Network(async::Loop& loop, const Weather& weather, std::uint64_t seed)
    : loop_(loop), weather_(weather), random_(seed) {}

Millis Network::travel_time() {
  const auto up_to = [this](Millis most) {
    return Millis(sip::random_below(random_, static_cast<std::uint32_t>(most.count()) + 1));
  };
  return weather_.delay + up_to(weather_.jitter) +
         (happens(weather_.late) ? up_to(weather_.lateness) : Millis(0));
}

void Network::send(Datagram datagram) {
  ++sent_;
  if (on_sent) on_sent(datagram);
  if (happens(weather_.lost)) return;
  const int copies = happens(weather_.doubled) ? 2 : 1;
  for (int i = 0; i < copies; ++i) {
    loop_.call_at(loop_.now() + travel_time(), [this, datagram] { deliver(datagram); });
  }
}

void Network::deliver(const Datagram& datagram) {
  const auto it = receivers_.find(datagram.to);
  if (it == receivers_.end()) return;
  ++delivered_;
  if (on_delivered) on_delivered(datagram);
  const auto receive = it->second;  // the receiver may detach itself
  receive(datagram);
}

}  // namespace portico::sim
