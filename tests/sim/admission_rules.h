#pragma once
// Who may be admitted, worked out again from the contract (voice-applications.md section 5) and what was on
// the wire: nonces and who got them, what was proved with them, addresses, regions, hops.

#include <map>
#include <set>
#include <string>
#include <vector>

#include "sim/network.h"
#include "sim/server.h"
#include "sip/message/message.h"

namespace portico::sim {

class AdmissionRules {
 public:
  AdmissionRules(async::Loop& loop, const ServerSettings& settings) : loop_(loop), settings_(settings) {}

  void on_drain(bool draining) { draining_ = draining; }
  void on_challenge(const Endpoint& to, const sip::Message& challenge);
  void on_invite(const std::string& key, const Endpoint& from, const sip::Message& invite);
  void on_admitted(const std::string& key);  // once for each INVITE

  const std::vector<std::string>& broken() const { return broken_; }

 private:
  struct Nonce {
    IpAddress given_to;
    TimePoint at{};
  };
  struct Invite {
    IpAddress source;
    std::string hops;
    std::string method;
    std::string authorization;
  };
  std::string fault_of(const Invite& invite);
  std::string fault_of_proof(const Invite& invite);

  async::Loop& loop_;
  const ServerSettings& settings_;
  bool draining_ = false;
  std::map<std::string, Nonce> nonces_;
  std::map<std::string, Invite> invites_;
  std::set<std::string> used_;  // nonce and count
  std::vector<std::string> broken_;
};

}  // namespace portico::sim
