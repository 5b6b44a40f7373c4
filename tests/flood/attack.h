#pragma once
// What a flood consists of: one attack makes its next datagrams and may react to what comes back.

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/address.h"
#include "many_sources.h"

namespace portico::flood {

struct Options {
  std::string kind;
  Endpoint target;
  std::string user;      // of the application's SIP URI
  std::string password;  // replay, calls: the right one
  std::string realm;
  std::size_t sources = 1;
  IpAddress first;
  double rate = 1'000;  // datagrams a second that begin something
  double seconds = 5;
  double quiet = 2;  // listening after the last datagram
  std::uint16_t port_low = 0;
  std::uint16_t port_high = 0;
};

class Attack {
 public:
  virtual ~Attack() = default;
  virtual bool ready() const { return true; }      // false: something must come back first
  virtual void begin(ManySources& /*sources*/) {}  // once
  virtual void send_one(ManySources& sources, std::uint64_t turn) = 0;  // one datagram of the flood
  virtual void on_datagram(ManySources& sources, std::size_t source, std::string_view bytes) = 0;
  std::map<int, std::uint64_t> statuses{};  // of the answers that came
};

// "invite", "guess", "replay", "calls", "options", "malformed", "garbage", "rtp"; null for another kind.
std::unique_ptr<Attack> make_attack(const Options& options);

}  // namespace portico::flood
