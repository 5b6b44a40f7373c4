#pragma once
// A stranger who reads the wire: calls with the credentials of others' INVITEs, from an address of his own or
// from behind the same NAT. He knows no password; the door must not let him in (checker.h, no_strangers).

#include <string>

#include "sim/network.h"

namespace portico::sim {

class Thief {
 public:
  // Steals from one INVITE in `every`, at most `most` times.
  Thief(async::Loop& loop, Network& network, const Endpoint& at, std::uint32_t every, int most,
        std::uint64_t seed);

  int tries() const { return tries_; }

 private:
  void on_sent(const Datagram& datagram);
  void call_as(const std::string& invite, const Endpoint& from);

  async::Loop& loop_;
  Network& network_;
  const Endpoint at_;
  const std::uint32_t every_;
  const int most_;
  Luck luck_;
  int tries_ = 0;
};

}  // namespace portico::sim
