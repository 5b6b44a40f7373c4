#pragma once
// Carries a Flow out: writes what the callers send byte by byte as the file says, and compares what the
// server sent, decided and told.

#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "async/manual_loop.h"
#include "calls/caller.h"
#include "calls/flow.h"
#include "calls/line.h"
#include "sim/server.h"

namespace portico::calls {

class Runner {
 public:
  explicit Runner(const Flow& flow);
  std::vector<std::string> run();  // what was not as expected; empty: all was

 private:
  struct Seen {
    std::string at;  // who got it
    std::string bytes;
  };
  struct MessageFact {
    std::string what;    // status or method
    std::string method;  // that the status answers
    std::string at;
    std::string has;
    std::string lacks;
    std::string nonce;
    std::string stale;
    int times = 0;  // 0: at least one
  };
  void attach(const std::string& address);
  void receive(const std::string& address, const std::string& bytes);
  void send(const Step& step, const std::string& item, bool last);
  void look(const Step& step);
  static std::string uri_of(const Wish& wish);
  std::string authorization(const Wish& wish, const std::string& uri, int cseq);
  void expect(const Step& step, const std::string& fact);
  bool holds(const std::string& fact);
  bool was_told(const std::string& event) const;
  MessageFact read_message_fact(const std::string& fact);
  bool message_holds(const MessageFact& fact);
  bool webhook_holds(std::istringstream& words, bool wanted) const;
  bool admission_holds(std::istringstream& words) const;
  bool counted(std::istringstream& words) const;
  bool idle() const;

  const Flow& flow_;
  async::ManualLoop loop_;
  sim::Network network_{loop_, {}, 1};
  std::unique_ptr<sim::Server> server_;  // one of the two
  std::unique_ptr<Caller> caller_;
  std::map<std::string, Line> lines_;          // by address
  std::vector<Seen> seen_;                     // what Portico sent since the last message or expectation
  std::vector<std::string> told_;              // the caller's owner, likewise
  std::map<std::string, std::string> nonces_;  // name -> the 407 that bears it
  std::map<std::string, std::uint64_t> decided_before_;  // by reason
  std::vector<std::string> failures_;
};

}  // namespace portico::calls
