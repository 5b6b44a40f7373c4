#pragma once
// The way from the attacker to the server, real or simulated.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "sip/transaction/flow.h"

namespace portico::mutate {

class Wire {
 public:
  virtual ~Wire() = default;
  // One message, or what is left of one. A stream that was closed is opened anew.
  virtual void send(std::string_view bytes) = 0;
  // What the server has sent, as whole messages; waits up to `patience` for the first.
  virtual std::vector<std::string> receive(Millis patience) = 0;
  virtual std::string sent_by() const = 0;  // host:port for Via and Contact
  virtual std::string transport() const = 0;
};

// Real sockets. A server that cannot be reached, or that sends what is no SIP, ends the program with a word.
std::unique_ptr<Wire> open_udp(const Endpoint& server);
std::unique_ptr<Wire> open_stream(const Endpoint& server, bool tls);

}  // namespace portico::mutate
