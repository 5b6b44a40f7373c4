#pragma once
// Watches the wire during a run and the server after it, and says which rules were broken.

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "sim/caller.h"
#include "sim/server.h"

namespace portico::sim {

enum class Rule : unsigned char {
  one_final_answer,  // each INVITE
  nothing_outlives,  // no transaction or session after its last timer
  no_orphan,         // every port, call and recording has an owner
  ends_once,         // each call
  told_once,         // each event
};
std::string_view rule_name(Rule rule);

struct Violation {
  Rule rule;
  std::string what;
};

class Checker {
 public:
  explicit Checker(Network& network);  // watches it from here on

  // `callers` have had all the time that RFC 3261 gives them.
  std::vector<Violation> look(const Server& server,
                              const std::vector<std::unique_ptr<Caller>>& callers) const;

 private:
  // One INVITE on the wire, whatever number of copies: Call-ID, CSeq and branch.
  struct Invite {
    bool in_dialog = false;
    bool arrived = false;
    bool admitted = false;  // the server said 100: it made a transaction of it
    std::set<int> finals;
  };
  void on_sent(const Datagram& datagram);
  void on_delivered(const Datagram& datagram);
  void look_at_invites(std::vector<Violation>& out) const;
  static void look_at_leftovers(const Server& server, std::vector<Violation>& out);
  static void look_at_calls(const Server& server, std::vector<Violation>& out);
  static void look_at_callers(const std::vector<std::unique_ptr<Caller>>& callers,
                              std::vector<Violation>& out);

  std::map<std::string, Invite> invites_;
};

}  // namespace portico::sim
