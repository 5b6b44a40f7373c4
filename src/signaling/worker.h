#pragma once
// One signalling thread: its loop, its sockets, its user agent and the calls whose Call-IDs hash to it. A
// message that arrives on another worker is handed over before anything is kept of it.

#include <atomic>
#include <functional>
#include <memory>
#include <unordered_map>

#include "account/directory.h"
#include "async/scope.h"
#include "base/hash.h"
#include "call/call.h"
#include "call/registry.h"
#include "net/io_loop.h"
#include "signaling/door.h"
#include "signaling/leg.h"
#include "signaling/options.h"
#include "signaling/transport.h"
#include "sip/dialog/user_agent.h"

namespace portico::signaling {

// What the workers of a node share.
struct Shared {
  const Options& options;
  const Ports& ports;
  Door& door;
  call::Registry& calls;
  std::atomic<bool>& draining;
};

class Worker {
 public:
  Worker(std::uint32_t index, Shared shared);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  Result<void> open(const Transport::Settings& settings);
  // The other workers by index; before start().
  void meet(std::vector<Worker*> all) { all_ = std::move(all); }
  void start() { loop_.start(); }
  void stop();  // ends the thread; calls still there are dropped

  std::uint16_t sip_port() const { return transport_.sip_port(); }
  std::uint16_t sips_port() const { return transport_.sips_port(); }

  // --- owner thread ---

  // Runs an input of the user agent and carries its actions out. For legs: `input(agent, now, actions)`.
  template <typename Input>
  void act(Input&& input) {
    sip::Actions out;
    const auto result = input(*agent_, loop_.now(), out);
    if (!result) note_failed_input(result.error());
    carry_out(std::move(out));
  }
  net::IoLoop& loop() { return loop_; }

 private:
  friend class Inbound;
  struct Session {
    call::Sender sender;
    bool end_told = false;
  };

  void on_wire(const sip::Flow& flow, sip::Parsed&& parsed);       // the worker that received it
  void on_message(const sip::Flow& flow, sip::Message&& message);  // the worker that owns its call
  void on_transport_error(const sip::Flow& flow);
  void carry_out(sip::Actions&& actions);
  void send(const sip::Send& send);
  void dispatch(sip::UserAgentEvent& event);
  void bye(sip::SessionId session);
  void on_request(const sip::NewRequest& request);
  void on_peer_request(const sip::PeerRequest& request);
  void tell(sip::SessionId session, call::Event event);
  void tell_end(sip::SessionId session, call::LegEnded::Why why, std::string reason = {});
  void rearm();
  void find_next_hop(sip::SessionId session);
  void start_call(sip::SessionId session, call::Inbound facts);
  async::Task<> host(std::unique_ptr<call::Call> call, std::string account_id);
  static void note_failed_input(const Error& error);
  Worker& owner_of(const sip::Message& message);

  const std::uint32_t index_;
  Shared shared_;
  net::IoLoop loop_;
  sip::SystemRandomness randomness_;
  std::unique_ptr<sip::UserAgent> agent_;  // made by open(), when the ports for Contact are known
  Transport transport_;
  call::Environment environment_;
  account::Directory::Reader directory_;
  std::unordered_map<sip::SessionId, Session> sessions_;
  std::vector<Worker*> all_;
  async::TimerId timer_ = 0;
  TimePoint timer_at_ = kNever;
  async::Scope scope_;  // last: its coroutines use everything above
};

}  // namespace portico::signaling
