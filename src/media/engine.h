#pragma once
// All media ports of one media thread, without sockets, clock or threads: (now, input) -> outputs. The driver
// (medianode/) owns the sockets, calls in from one thread only, and carries the outputs out.
//
//   engine.add_port(now, id, seed);                        // on Open, once the sockets are there
//   engine.apply(now, command);                            // every command but Open
//   engine.on_packet(now, id, rtcp, from, bytes);          // each datagram; bytes are decrypted in place
//   engine.tick(now);                                      // every 1..20 ms; each port has its turn every 20
//   ms send(engine.outputs()); engine.outputs().clear();

#include <cstdint>
#include <memory>
#include <span>

#include "base/address.h"
#include "base/time.h"
#include "media/commands.h"
#include "media/outputs.h"
#include "media/port_seed.h"
#include "media/sound_source.h"

namespace portico::media {

class Engine {
 public:
  // `start` ties monotonic to wall time for the NTP stamps of sender reports. `sounds` must outlive the
  // engine.
  Engine(Now start, SoundSource& sounds);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // An unknown port is silent until Configure. Fails when limits::kMediaPortsMax are open or the id is in
  // use.
  Result<void> add_port(TimePoint now, PortId port, const PortSeed& seed);
  // Commands for ports that are not there, and repeated ones, are counted and ignored. After Close the port
  // is gone.
  void apply(TimePoint now, const Command& command);
  // `rtcp` says which of the port's two sockets it came from; with rtcp_mux the engine tells the two apart
  // itself. True when the packet was believed to be the party's.
  bool on_packet(TimePoint now, PortId port, bool rtcp, const Endpoint& from, std::span<std::uint8_t> bytes);
  void tick(TimePoint now);

  Outputs& outputs();
  bool has_port(PortId port) const;
  const StreamDescription* stream(PortId port) const;  // until the next apply(); null: none yet
  std::size_t ports() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace portico::media
