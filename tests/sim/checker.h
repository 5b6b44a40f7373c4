#pragma once
// Watches the wire during a run and the server after it, and says which rules were broken.

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "sim/admission_rules.h"
#include "sim/caller.h"
#include "sim/end_rules.h"
#include "sim/life.h"
#include "sim/media_rules.h"

namespace portico::sim {

enum class Rule : unsigned char {
  one_final_answer,  // each INVITE
  nothing_outlives,  // no transaction or session after its last timer
  no_orphan,         // every port, call and recording has an owner
  ends_once,         // each call
  ends_for_cause,    // one that was there
  told_once,         // each event
  told_in_order,     // the events of one call and URL; none but recordingAvailable after disconnect
  no_strangers,      // nobody is admitted who may not be
  gets_in,           // nobody is refused who may call
  silent_after_end,  // a call that has ended sends no request but its one BYE
  repeated,          // the final answer of a call, until its ACK comes
  within_limits,     // INVITEs of a source, calls of the account
  lockout,           // who guessed too often is locked out, for a minute, and nobody else is
  in_time,           // nothing is said again after the timer of RFC 3261 that ends it, 64*T1
  heard_right,       // keys as they were pressed, each at most once; recordings as long as they say
  heard_all,         // every key, where nothing was lost
  sounds_right,      // a phone hears its own port, and where nothing was lost what its documents play
  answered,          // each BYE and INFO of a phone that has, or had, a call
};
inline constexpr std::size_t kRules = static_cast<std::size_t>(Rule::answered) + 1;
std::string_view rule_name(Rule rule);

struct Violation {
  Rule rule;
  std::string what;
};

class Checker {
 public:
  // Watches `network` from here on.
  Checker(async::Loop& loop, Network& network, const Ledger& ledger, const ServerSettings& settings);

  // The server was killed: what it had not answered, nobody will.
  void on_death();
  void on_start() { admission_.on_start(); }
  void on_drain() { admission_.on_drain(); }

  // After the callers have had all the time that RFC 3261 gives them.
  std::vector<Violation> look(const std::vector<std::unique_ptr<Life>>& lives, Disk& disk,
                              const std::vector<std::unique_ptr<Caller>>& callers) const;

 private:
  // One INVITE on the wire, whatever number of copies: Call-ID, CSeq and branch. Another one for each life.
  struct Invite {
    bool in_dialog = false;
    bool spoiled = false;  // a copy came cut short
    bool refused = false;  // and was told so
    bool arrived = false;
    int sent = 0;                 // by its caller
    bool admitted = false;        // the server said 100: it made a transaction of it
    TimePoint forsaken = kNever;  // its server died
    std::set<int> finals;
    std::string acknowledged_as;  // its ACK's key in heard_
    std::string call_id;          // of its life
    TimePoint answered{};         // first final answer
    TimePoint repeated{};         // last one
    int copies = 0;               // of its answer
    bool datagrams = false;       // it went out as one
  };
  void on_sent(const Datagram& datagram);
  bool is_of_late_copy(const Invite& invite, int status) const;
  void on_answer(const Datagram& datagram, const sip::Message& answer);
  void on_request(const sip::Message& request);
  void on_delivered(const Datagram& datagram);
  std::string of_life(std::string_view key) const;
  bool is_of_call(std::string_view sip_call_id) const;
  Invite* invite_of(const sip::Message& message);
  void look_at_invites(std::vector<Violation>& out) const;
  void look_at_repeats(std::vector<Violation>& out) const;
  void look_at_requests(std::vector<Violation>& out) const;
  void look_at_timers(std::vector<Violation>& out) const;
  std::set<std::string> unacknowledged() const;
  void look_at_calls(Disk& disk, std::vector<Violation>& out) const;
  void look_at_events(Disk& disk, std::vector<Violation>& out) const;
  void look_at_order(std::vector<Violation>& out) const;
  void look_at_recordings(Disk& disk, std::vector<Violation>& out) const;
  static void look_at_leftovers(const Life& life, std::vector<Violation>& out);
  static void look_at_callers(const std::vector<std::unique_ptr<Caller>>& callers,
                              std::vector<Violation>& out);

  async::Loop& loop_;
  const Ledger& ledger_;
  AdmissionRules admission_;
  EndRules ends_;
  MediaRules media_;
  std::map<std::string, Invite> invites_;
  // The first ACK, by Call-ID, CSeq and whether of a refusal; the first BYE, by Call-ID.
  std::map<std::string, TimePoint> heard_;
  struct Request {
    std::string method;
    std::string call_id;
    TimePoint first{};
    TimePoint last{};
    int life = 0;
  };
  std::map<std::string, Request> requests_;  // of the server, by Call-ID, CSeq and branch
  std::map<std::string, bool> asked_;        // BYEs and INFOs of phones, of a life: they were answered
};

}  // namespace portico::sim
