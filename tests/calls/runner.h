#pragma once
// Carries a Flow out: writes what the callers send byte by byte as the file says, and compares what the
// server sent, decided and told.

#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "async/manual_loop.h"
#include "calls/flow.h"
#include "sim/server.h"

namespace portico::calls {

class Runner {
 public:
  explicit Runner(const Flow& flow);
  std::vector<std::string> run();  // what was not as expected; empty: all was

 private:
  struct Line {  // one caller's dialog, as far as the flow has come
    int cseq = 0;
    int branch = 0;
    std::string to_tag;
    std::string target;
    std::string invite_branch;
    std::string last_request;  // received from the server, for `-> 200`
    bool answered = false;
  };
  void send(const Step& step, const std::string& item);
  std::string request(const std::string& from, Line& line, const std::string& method,
                      const std::string& extra) const;
  std::string authorization(const std::string& item, const Line& line);
  void on_datagram(const std::string& at, const std::string& bytes);
  void expect(const Step& step, const std::string& fact);
  bool holds(const std::string& fact);
  bool status_holds(std::istringstream& words, const std::string& status);
  bool webhook_holds(std::istringstream& words, bool wanted) const;
  bool admission_holds(std::istringstream& words) const;
  bool idle() const;

  const Flow& flow_;
  async::ManualLoop loop_;
  sim::Network network_{loop_, {}, 1};
  sim::Server server_;
  std::map<std::string, Line> lines_;          // by address
  std::vector<std::string> seen_;              // what the server sent since the last request or expectation
  std::map<std::string, std::string> nonces_;  // name -> the 407 that bears it
  std::vector<std::string> failures_;
};

}  // namespace portico::calls
