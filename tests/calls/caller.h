#pragma once
// Portico as the caller: the SIP stack alone, with an owner that answers offers at once, hangs up where the
// stack says so, and remembers what it was told.

#include <string>
#include <vector>

#include "async/loop.h"
#include "sim/network.h"
#include "sip/dialog/user_agent.h"
#include "sip/transaction/randomness.h"

namespace portico::calls {

class Caller {
 public:
  Caller(async::Loop& loop, sim::Network& network, const Endpoint& at);

  void act(const std::string& what);  // INVITE ADDRESS, CANCEL, BYE, re-INVITE, UPDATE
  std::vector<std::string> take_told();
  bool idle() const { return agent_.sessions() == 0 && agent_.transactions() == 0; }

 private:
  void on_datagram(const sim::Datagram& datagram);
  template <typename Input>
  void run(Input&& input);
  void take(const sip::UserAgentEvent& event);
  void owe(const sip::UserAgentEvent& event);
  void rearm();

  async::Loop& loop_;
  sim::Network& network_;
  const Endpoint at_;
  sip::SeededRandomness random_{7};
  sip::UserAgent agent_;
  sip::SessionId session_ = sip::SessionId::none;
  std::vector<std::string> told_;
  async::TimerId timer_ = 0;
  TimePoint timer_at_ = kNever;
};

}  // namespace portico::calls
