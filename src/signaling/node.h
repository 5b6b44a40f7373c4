#pragma once
// The signalling tier of one process: its workers, its door, its calls.

#include <functional>
#include <memory>

#include "call/registry.h"
#include "net/stream_hub.h"
#include "signaling/options.h"

namespace portico::signaling {

// What each worker's connections over TCP and TLS are held to; those of one address all workers' together.
net::StreamLimits stream_limits(const Options& options);

class Node {
 public:
  // Binds everything; no message is read before start(). Errors: unavailable (a port is taken).
  static Result<std::unique_ptr<Node>> open(Options options, Ports ports);
  ~Node();

  void start();
  // No new calls from here on (503, Retry-After). Calls in progress go on.
  void drain();
  // Hangs up what is left.
  void hang_up_all();
  void stop();  // ends the threads; what they own stays until destruction, since others may still refer to it

  call::Registry& calls();
  // SIP dialogs, those whose BYE was not answered yet included. Any thread.
  std::size_t open_sessions() const;
  std::uint16_t sip_port() const;
  std::uint16_t sips_port() const;  // 0: no TLS

 private:
  struct State;
  explicit Node(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace portico::signaling
