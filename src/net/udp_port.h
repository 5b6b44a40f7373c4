#pragma once
// A UDP socket on an IoLoop: batches in by callback, datagrams out by a bounded queue that is flushed once a
// batch. Owner thread of the loop only.

#include <functional>
#include <memory>
#include <span>

#include "net/udp_batch.h"

namespace portico::net {

class IoLoop;

class UdpPort {
 public:
  using OnBatch = std::function<void(std::span<Datagram>)>;

  // Reads as soon as the loop runs. Datagrams above `slot_bytes` are dropped and counted.
  static Result<std::unique_ptr<UdpPort>> open(IoLoop& loop, const Endpoint& local, const UdpOptions& options,
                                               OnBatch on_batch,
                                               std::size_t slot_bytes = limits::kUdpDatagramBytesMax);
  ~UdpPort();  // closes; no callback afterwards

  // False when the queue is full (counted). What is sent from on_batch leaves together after it, everything
  // else with the loop's next turn. `from` as in UdpSender: pass Datagram::destination.ip to answer.
  bool send(ByteView bytes, const Endpoint& to, const IpAddress& from = {});
  const Endpoint& local() const;

 private:
  struct State;
  explicit UdpPort(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace portico::net
