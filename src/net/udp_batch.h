#pragma once
// Datagrams in batches: recvmmsg into a buffer that is used again, sendmmsg from a bounded queue. Owner
// thread only. A receiver may serve all sockets of its thread; a sender belongs to one socket.

#include <memory>
#include <span>
#include <vector>

#include "base/limits.h"
#include "base/time.h"
#include "net/udp_socket.h"

namespace portico::net {

struct Datagram {
  std::span<std::uint8_t> bytes;  // may be changed in place (SRTP); valid until the next receive()
  Endpoint source;
  Endpoint destination;  // the address and port it was sent to
  TimePoint arrived{};   // with UdpOptions::arrival_times by the kernel, else when the batch was read
};

class UdpReceiver {
 public:
  // `slot_bytes`: a longer datagram is dropped and counted (portico_udp_dropped_total, reason truncated).
  explicit UdpReceiver(std::size_t slot_bytes, std::size_t slots = limits::kUdpBatch);
  ~UdpReceiver();

  // What waits in the socket, at most one batch; empty when nothing does. A full batch: call again.
  std::span<Datagram> receive(const UdpSocket& socket);
  std::size_t slots() const;
  // Whether the last receive() filled the batch, so that more may wait (dropped ones count as received).
  bool full() const;

 private:
  struct Slots;
  std::unique_ptr<Slots> slots_;
};

class UdpSender {
 public:
  // At most `queue_max` datagrams wait; a further one is dropped and counted (reason queue_full).
  explicit UdpSender(std::size_t queue_max = limits::kUdpSendQueueMax);
  ~UdpSender();
  UdpSender(UdpSender&&) noexcept;
  UdpSender& operator=(UdpSender&&) noexcept;

  // Copies into the queue; flush() hands it to the kernel. `from`: source address on a wildcard bind, unset
  // (0.0.0.0) leaves the choice to the kernel.
  bool queue(ByteView bytes, const Endpoint& to, const IpAddress& from = {});
  // False when the kernel cannot take all of it now (EAGAIN, ENOBUFS): wait until the socket is writable.
  // A datagram that the kernel refuses for itself (unreachable, too long) is dropped and counted.
  bool flush(const UdpSocket& socket);
  std::size_t queued() const;
  void clear();

 private:
  struct Queue;
  std::unique_ptr<Queue> queue_;
};

}  // namespace portico::net
