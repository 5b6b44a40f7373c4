#pragma once
// One signalling worker without sockets, clock and media: the real edge, door, user agent and calls on a
// simulated network.

#include <atomic>
#include <memory>

#include "signaling/pump.h"
#include "sim/network.h"
#include "sim/ports.h"

namespace portico::sim {

inline constexpr const char* kDomain = "sip.example.org";
inline constexpr const char* kUser = "7d9c1b52-3a57-4f0e-b0c6-5f4d9d3d8a11";
inline constexpr const char* kPassword = "correct horse battery staple";
inline constexpr const char* kAccount = "1000001";

struct ServerSettings {
  Troubles troubles;
  Sabotage sabotage = Sabotage::none;
  account::Limits limits{.concurrent_calls = 0, .calls_per_second = 0};
  std::vector<Cidr> allowed_sources;
  std::uint32_t invite_rate = 0;
  std::uint32_t auth_failures = 5;
  std::string region = "US";
  bool password = true;
};

class Server {
 public:
  Server(async::Loop& loop, Network& network, ServerSettings settings, std::uint64_t seed);
  ~Server();

  static Endpoint address();
  void hang_up_all() { registry_.post_to_all(call::Shutdown{}); }

  // --- facts for the checkers ---
  const signaling::Pump& pump() const { return *pump_; }
  const SimMedia& media() const { return media_; }
  const SimWebhooks& webhooks() const { return webhooks_; }
  SimWebhooks& webhooks() { return webhooks_; }
  const SimRecords& records() const { return records_; }
  std::size_t registered() const { return registry_.size(); }
  std::uint32_t counted_calls() const { return door_.accounts().concurrent(kAccount); }
  const std::vector<account::AdmissionRow>& admissions() const { return admissions_; }

 private:
  void on_datagram(const Datagram& datagram);
  void send(const Endpoint& to, const std::string& bytes);

  Network& network_;
  const ServerSettings settings_;
  sip::SeededRandomness random_;
  Luck luck_;
  SimMedia media_;
  SimWebhooks webhooks_;
  SimSounds sounds_;
  SimObjects objects_;
  SimRecords records_;
  std::vector<account::AdmissionRow> admissions_;
  account::Directory directory_;
  signaling::Options options_;
  signaling::Ports ports_;
  mutable signaling::Door door_;
  call::Registry registry_;
  std::atomic<bool> draining_{false};
  std::unique_ptr<signaling::Pump> pump_;
};

}  // namespace portico::sim
