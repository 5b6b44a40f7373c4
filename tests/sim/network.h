#pragma once
// Datagrams between endpoints on injected time: lost, doubled, late and out of order, as the seed says.

#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>

#include "async/loop.h"
#include "base/address.h"
#include "sip/transaction/randomness.h"

namespace portico::sim {

struct Weather {
  std::uint32_t lost = 0;     // percent of datagrams
  std::uint32_t doubled = 0;  // percent
  std::uint32_t late = 0;     // percent that take up to `lateness`, so that others overtake them
  Millis delay{2};            // of every datagram
  Millis jitter{0};           // up to this much more; reorders too
  Millis lateness{900};
};

struct Datagram {
  Endpoint from;
  Endpoint to;
  std::string bytes;
};

class Network {
 public:
  using Receive = std::function<void(const Datagram&)>;

  Network(async::Loop& loop, const Weather& weather, std::uint64_t seed);

  void attach(const Endpoint& at, Receive receive) { receivers_[at] = std::move(receive); }
  void detach(const Endpoint& at) { receivers_.erase(at); }
  void send(Datagram datagram);
  void set_weather(const Weather& weather) { weather_ = weather; }

  Receive on_sent;       // before anything is lost
  Receive on_delivered;  // each copy, before its receiver sees it

  std::uint64_t sent() const { return sent_; }
  std::uint64_t delivered() const { return delivered_; }

 private:
  bool happens(std::uint32_t percent) { return sip::random_below(random_, 100) < percent; }
  Millis travel_time();
  void deliver(const Datagram& datagram);

  async::Loop& loop_;
  Weather weather_;
  sip::SeededRandomness random_;
  std::unordered_map<Endpoint, Receive> receivers_;
  std::uint64_t sent_ = 0;
  std::uint64_t delivered_ = 0;
};

}  // namespace portico::sim
