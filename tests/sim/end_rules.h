#pragma once
// Why calls end, worked out again from what happened: what its caller said, what its backend answered, what
// broke. A call that ends for a reason that was not there was lost.

#include <map>
#include <set>
#include <string>
#include <vector>

#include "sim/ledger.h"
#include "sim/server.h"
#include "sip/message/message.h"

namespace portico::sim {

class EndRules {
 public:
  EndRules(const Ledger& ledger, const ServerSettings& settings) : ledger_(ledger), settings_(settings) {}

  // A request of a phone arrived, in this life of the server.
  void on_request(sip::Method method, const std::string& sip_call_id);

  // What is wrong; `unacknowledged`: the calls of which an answer got no ACK in its time, by SIP Call-ID and
  // life.
  std::vector<std::string> look(const std::set<std::string>& unacknowledged) const;

 private:
  // What the backends said to the questions of a call.
  struct Answers {
    bool failed = false;       // one was no document, or none came
    bool wrong = false;        // one was cut short, or is no BXML
    bool unsupported = false;  // one has a verb that comes later
    bool any = false;
    TimePoint last{};
    Duration least{};  // that the last one takes
  };
  std::map<std::string, Answers> answers() const;
  std::string fault_of(const std::string& id, const Ledger::Call& call, const Answers& answers,
                       const std::set<std::string>& unacknowledged) const;

  const Ledger& ledger_;
  const ServerSettings& settings_;
  std::set<std::string> cancelled_;  // by SIP Call-ID and life
  std::set<std::string> hung_up_;
};

}  // namespace portico::sim
