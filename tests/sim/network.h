#pragma once
// What is between endpoints, on injected time: datagrams that are lost, doubled, cut short, late and out of
// order, and connections whose bytes come whole and in order, in pieces, until they break; as the seed says.

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "async/loop.h"
#include "base/address.h"
#include "sim/luck.h"

namespace portico::sim {

struct Weather {
  std::uint32_t lost = 0;     // percent of datagrams
  std::uint32_t doubled = 0;  // percent
  std::uint32_t late = 0;     // percent that take up to `lateness`, so that others overtake them
  std::uint32_t cut = 0;      // in ten thousand: datagrams that lose their end
  Millis delay{2};            // of every datagram
  Millis jitter{0};           // up to this much more; reorders too
  Millis lateness{900};
};

struct Datagram {
  Endpoint from;
  Endpoint to;
  std::string bytes;
  std::uint64_t connection = 0;  // 0: a datagram; else bytes of that stream
};

class Network {
 public:
  using Receive = std::function<void(const Datagram&)>;
  using Broken = std::function<void(std::uint64_t connection, const Endpoint& peer)>;

  Network(async::Loop& loop, const Weather& weather, std::uint64_t seed);

  // `broken` is told of streams that end. Whoever leaves, by detach(), ends all of its streams.
  void attach(const Endpoint& at, Receive receive, Broken broken = {});
  void detach(const Endpoint& at);
  void send(Datagram datagram);
  void break_stream(std::uint64_t connection);

  // Of whole messages: before anything is lost; each copy, before its receiver sees it.
  void watch_sent(Receive watcher) { sent_watchers_.push_back(std::move(watcher)); }
  void watch_delivered(Receive watcher) { delivered_watchers_.push_back(std::move(watcher)); }

  bool calm() const;  // every datagram comes, once, whole and in order
  std::uint64_t sent() const { return sent_; }
  std::uint64_t delivered() const { return delivered_; }
  std::uint64_t digest() const { return digest_; }  // of all that was sent, and when

 private:
  struct Party {
    Receive receive;
    Broken broken;
  };
  struct Stream {
    Endpoint ends[2];
    TimePoint last[2]{};  // arrival of the last byte at each end
  };
  bool happens(std::uint32_t percent) { return luck_.below(100) < percent; }
  Millis travel_time();
  void send_datagram(Datagram datagram);
  void send_pieces(Datagram message);
  void deliver(const Datagram& datagram);

  async::Loop& loop_;
  Weather weather_;
  Luck luck_;
  std::unordered_map<Endpoint, Party> parties_;
  std::map<std::uint64_t, Stream> streams_;
  std::map<std::uint64_t, bool> broken_;  // streams that were, so that none comes back
  std::vector<Receive> sent_watchers_;
  std::vector<Receive> delivered_watchers_;
  std::uint64_t sent_ = 0;
  std::uint64_t delivered_ = 0;
  std::uint64_t digest_ = 0xcbf29ce484222325;
};

}  // namespace portico::sim
