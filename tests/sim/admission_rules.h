#pragma once
// Who may be admitted, worked out again from the contract (voice-applications.md section 5) and what was on
// the wire: nonces and who got them, what was proved with them, addresses, regions, hops; rates and limits;
// who guessed too often, and for how long.

#include <deque>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sim/ledger.h"
#include "sim/network.h"
#include "sim/server.h"
#include "sip/message/message.h"

namespace portico::sim {

class AdmissionRules {
 public:
  AdmissionRules(async::Loop& loop, const Ledger& ledger, const ServerSettings& settings)
      : loop_(loop), ledger_(ledger), settings_(settings) {}

  void on_start();
  void on_drain() { draining_ = true; }
  void on_death();  // rates and failures were in its memory
  void on_challenge(const std::string& key, const Endpoint& to, const sip::Message& challenge);
  void on_forbidden(const std::string& key, const Endpoint& to);
  void on_invite(const std::string& key, const Endpoint& from, const sip::Message& invite);
  void on_admitted(const std::string& key, const Endpoint& to);  // once for each INVITE
  void on_refused(const std::string& key, int status);           // an INVITE that was not admitted

  const std::vector<std::string>& strangers() const { return strangers_; }  // were admitted
  const std::vector<std::string>& refused() const { return refused_; }      // though they may call
  const std::vector<std::string>& over_limits() const { return over_limits_; }
  const std::vector<std::string>& lockouts() const { return lockouts_; }  // missing, or without a cause

 private:
  struct Nonce {
    IpAddress given_to;
    TimePoint at{};
  };
  struct Invite {
    IpAddress source;
    std::string hops;
    std::string method;
    std::string uri;
    std::string authorization;
    bool datagram = false;
  };
  std::string fault_of(const Invite& invite, Duration slack) const;
  std::string fault_of_proof(const Invite& invite, Duration slack) const;
  bool is_guess(const Invite& invite, IpAddress source) const;
  bool is_new_guess(const Invite& invite, IpAddress source);  // not the copy of one that counted
  using Times = std::deque<TimePoint>;                        // the latest last
  bool in_last(Duration window, Times& times, std::size_t count) const;
  bool admits_addresses_of(IpAddress source) const;
  void look_at_rates(const std::string& key, IpAddress source);
  void look_at_account(const std::string& key);
  void look_at_lockout(const std::string& key, IpAddress source);

  async::Loop& loop_;
  const Ledger& ledger_;
  const ServerSettings& settings_;
  bool draining_ = false;
  TimePoint started_{};
  std::map<std::string, Nonce> nonces_;
  std::map<std::string, Invite> invites_;
  std::set<std::string> used_;   // nonce and count
  std::set<std::string> spent_;  // of those who may have been refused for a limit only
  // INVITEs that got past the rate of their source, which a forged datagram does not use up for its
  // connections.
  std::map<std::pair<IpAddress, bool>, Times> let_in_;
  Times starts_;                         // calls
  std::map<IpAddress, Times> failures_;  // wrong passwords that were answered as such
  std::map<IpAddress, Times> guesses_;   // wrong passwords that arrived
  std::map<std::pair<IpAddress, std::string>, TimePoint> counted_;  // failures, by the response
  std::map<IpAddress, TimePoint> locked_until_;
  std::vector<std::string> strangers_;
  std::vector<std::string> refused_;
  std::vector<std::string> over_limits_;
  std::vector<std::string> lockouts_;
};

}  // namespace portico::sim
