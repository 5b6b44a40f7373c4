#pragma once
// One signalling thread: its loop, its sockets, and the pump for the calls whose Call-IDs hash to it. A
// message that arrives on another worker is handed over before anything is kept of it.

#include <memory>
#include <vector>

#include "base/hash.h"
#include "net/io_loop.h"
#include "signaling/handover.h"
#include "signaling/pump.h"
#include "signaling/transport.h"

namespace portico::signaling {

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

  std::size_t open_sessions() const { return pump_->open_sessions(); }  // any thread
  std::uint16_t sip_port() const { return transport_.sip_port(); }
  std::uint16_t sips_port() const { return transport_.sips_port(); }

 private:
  void on_wire(const sip::Flow& flow, sip::Parsed&& parsed);  // the worker that received it
  void on_transport_error(const sip::Flow& flow);
  void send(const sip::Send& send);
  void hold(const sip::Flow& flow, bool in_use);
  Worker& owner_of(const sip::Message& message);
  // Runs `work` on the loop of `to`, unless too much waits for it already: then it is dropped, and counted.
  template <typename Work>
  static void hand_over(Worker& to, std::size_t bytes, Handover::What what, Work&& work);

  const std::uint32_t index_;
  Shared shared_;
  net::IoLoop loop_;
  sip::SystemRandomness randomness_;
  Transport transport_;
  std::vector<Worker*> all_;
  Handover handover_;  // to this one
  std::unique_ptr<Pump>
      pump_;  // last: it uses everything above. Made by open(), when the ports for Contact are known
};

}  // namespace portico::signaling
