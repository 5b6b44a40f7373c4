#include "sim/network.h"

#include <algorithm>
#include <utility>

namespace portico::sim {

Network::Network(async::Loop& loop, const Weather& weather, std::uint64_t seed)
    : loop_(loop), weather_(weather), luck_(seed) {}

void Network::attach(const Endpoint& at, Receive receive, Broken broken) {
  parties_[at] = {.receive = std::move(receive), .broken = std::move(broken)};
}

void Network::detach(const Endpoint& at) {
  parties_.erase(at);
  std::vector<std::uint64_t> theirs;
  for (const auto& [connection, stream] : streams_) {
    if (stream.ends[0] == at || stream.ends[1] == at) theirs.push_back(connection);
  }
  for (const auto connection : theirs) break_stream(connection);
}

bool Network::calm() const {
  return weather_.lost == 0 && weather_.doubled == 0 && weather_.late == 0 && weather_.cut == 0 &&
         weather_.jitter == Millis(0);
}

Millis Network::travel_time() {
  return weather_.delay + luck_.up_to(weather_.jitter) +
         (happens(weather_.late) ? luck_.up_to(weather_.lateness) : Millis(0));
}

void Network::send(Datagram datagram) {
  ++sent_;
  for (const auto& watcher : sent_watchers_) watcher(datagram);
  const auto mix = [this](std::uint64_t value) { digest_ = (digest_ ^ value) * 0x100000001b3; };
  mix(static_cast<std::uint64_t>(loop_.now().time_since_epoch().count()));
  for (const char c : datagram.bytes) mix(static_cast<unsigned char>(c));
  datagram.connection != 0 ? send_pieces(std::move(datagram)) : send_datagram(std::move(datagram));
}

void Network::send_datagram(Datagram datagram) {
  if (happens(weather_.lost)) return;
  const int copies = happens(weather_.doubled) ? 2 : 1;
  for (int i = 0; i < copies; ++i) {
    auto copy = datagram;
    if (luck_.below(10'000) < weather_.cut) {
      copy.bytes.resize(luck_.below(static_cast<std::uint32_t>(copy.bytes.size())));
    }
    loop_.call_at(loop_.now() + travel_time(), [this, copy = std::move(copy)] { deliver(copy); });
  }
}

void Network::send_pieces(Datagram message) {
  const auto connection = message.connection;
  if (broken_.contains(connection)) {
    // The sender's write fails; it hears of that a moment later, as from a socket.
    loop_.call_at(loop_.now() + 1ms, [this, connection, at = message.from, peer = message.to] {
      const auto party = parties_.find(at);
      if (party != parties_.end() && party->second.broken) party->second.broken(connection, peer);
    });
    return;
  }
  auto& stream = streams_.try_emplace(connection, Stream{.ends = {message.from, message.to}}).first->second;
  auto& last = stream.last[message.to == stream.ends[1] ? 1 : 0];
  const std::string whole = message.bytes;
  for (std::size_t at = 0; at < whole.size();) {
    const auto left = static_cast<std::uint32_t>(whole.size() - at);
    const std::size_t size = luck_.one_in(4) ? 1 + luck_.below(left) : left;
    message.bytes = whole.substr(at, size);
    at += size;
    last = std::max(last, loop_.now() + travel_time());
    const bool all = at == whole.size();
    loop_.call_at(last, [this, piece = message, all, whole] {
      if (broken_.contains(piece.connection)) return;
      if (!parties_.contains(piece.to)) return break_stream(piece.connection);  // nobody listens there
      if (all) {
        auto message_whole = piece;
        message_whole.bytes = whole;
        for (const auto& watcher : delivered_watchers_) watcher(message_whole);
      }
      deliver(piece);
    });
  }
}

void Network::break_stream(std::uint64_t connection) {
  const auto it = streams_.find(connection);
  if (it == streams_.end()) return;
  const auto stream = it->second;
  streams_.erase(it);
  broken_[connection] = true;
  for (int end = 0; end < 2; ++end) {
    const auto party = parties_.find(stream.ends[end]);
    if (party == parties_.end() || !party->second.broken) continue;
    const auto tell = party->second.broken;
    loop_.call_at(loop_.now() + 1ms,
                  [tell, connection, peer = stream.ends[1 - end]] { tell(connection, peer); });
  }
}

void Network::deliver(const Datagram& datagram) {
  const auto it = parties_.find(datagram.to);
  if (it == parties_.end()) return;
  ++delivered_;
  if (datagram.connection == 0) {
    for (const auto& watcher : delivered_watchers_) watcher(datagram);
  }
  const auto receive = it->second.receive;  // the receiver may detach itself
  receive(datagram);
}

}  // namespace portico::sim
