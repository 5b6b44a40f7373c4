#pragma once
// One signalling worker without sockets, clock and media: the real edge, door, user agent and calls on a
// simulated network.

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "signaling/pump.h"
#include "sim/network.h"
#include "sim/ports.h"
#include "sip/message/stream_framer.h"

namespace portico::sim {

inline constexpr const char* kDomain = "sip.example.org";
inline constexpr const char* kRealm = "sip.example.org";
inline constexpr const char* kUser = "7d9c1b52-3a57-4f0e-b0c6-5f4d9d3d8a11";
inline constexpr const char* kPassword = "correct horse battery staple";
inline constexpr const char* kAccount = "1000001";
inline constexpr const char* kNode = "n1";
inline constexpr const char* kBaseUrl = "http://portico.example";

struct ServerSettings {
  Troubles troubles;
  Sabotage sabotage = Sabotage::none;
  account::Limits limits{.concurrent_calls = 0, .calls_per_second = 0};
  std::vector<Cidr> allowed_sources;
  std::vector<std::string> allowed_regions{"US"};
  std::uint32_t invite_rate = 0;
  std::uint32_t auth_failures = 5;
  std::size_t calls_max = limits::kSipCallsMax;
  std::string region = "US";
  bool password = true;
  std::size_t write_room = 100000;  // writes that may wait for the store
  bool engine_media = false;        // the real engine in place of SimMedia
  bool require_tls = false;         // then its streams are TLS
  bool hide_applications = false;
  bool no_memory = false;     // for the records of admissions
  bool restless_api = false;  // the application is saved again by the API at any moment
};

account::Application application_of(const ServerSettings& settings);

// What takes the place of the server's own simple ports, where given.
struct Outside {
  call::Media* media = nullptr;
  call::Webhooks* webhooks = nullptr;
  call::Records* records = nullptr;
  std::string nonce_secret = std::string(32, 's');
};

class Server {
 public:
  Server(async::Loop& loop, Network& network, ServerSettings settings, std::uint64_t seed,
         Outside outside = {});
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  static Endpoint address();
  void hang_up_all() { registry_.post_to_all(call::Shutdown{}); }
  void drain() { draining_ = true; }
  bool post(const std::string& call_id, call::Event event) {
    return registry_.post(call_id, std::move(event));
  }
  void unplug();  // nothing comes or goes any more

  // --- facts for the checkers ---
  const signaling::Pump& pump() const { return *pump_; }
  const SimMedia& media() const { return media_; }
  const SimWebhooks& webhooks() const { return webhooks_; }
  SimWebhooks& webhooks() { return webhooks_; }
  const SimRecords& records() const { return records_; }
  std::size_t registered() const { return registry_.size(); }
  int held_flows() const { return held_; }
  std::uint32_t counted_calls() const { return door_.accounts().concurrent(kAccount); }
  const std::vector<account::AdmissionRow>& admissions() const { return admissions_; }
  bool draining() const { return draining_; }

 private:
  // Draws of tags and branches happen in the middle of a decision; another thread's change of the application
  // may be published then.
  class Randomness final : public sip::Randomness {
   public:
    Randomness(Server& server, std::uint64_t seed) : server_(server), random_(seed), luck_(seed + 9) {}
    std::uint64_t next() override;

   private:
    Server& server_;
    sip::SeededRandomness random_;
    Luck luck_;
  };
  sip::Flow stream_flow(const Endpoint& peer, std::uint64_t connection) const;
  void on_datagram(const Datagram& datagram);
  void on_piece(const Datagram& piece);
  void on_message(const sip::Flow& flow, sip::Parsed&& parsed);
  void send(const sip::Flow& flow, const std::string& bytes);
  void note(account::AdmissionRow row);
  void put(const sip::Flow& flow, const std::string& bytes);

  async::Loop& loop_;
  Network& network_;
  const ServerSettings settings_;
  Randomness random_;
  Luck luck_;
  SimMedia media_;
  SimWebhooks webhooks_;
  SimSounds sounds_;
  SimObjects objects_;
  SimRecords records_;
  std::vector<account::AdmissionRow> admissions_;
  account::Directory directory_;
  std::uint64_t application_version_ = 1;
  signaling::Options options_;
  signaling::Ports ports_;
  mutable signaling::Door door_;
  call::Registry registry_;
  std::atomic<bool> draining_{false};
  std::map<std::uint64_t, sip::StreamFramer> framers_;
  std::set<std::string> said_;  // Sabotage::said_once
  bool plugged_ = true;
  int held_ = 0;
  std::unique_ptr<signaling::Pump> pump_;
};

}  // namespace portico::sim
