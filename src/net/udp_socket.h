#pragma once
// A bound, non-blocking UDP socket: sockets and addresses only, no loop and no queue. On a wildcard bind each
// datagram tells the address it was sent to (IP_PKTINFO), so that the answer can leave from there.

#include <cstdint>
#include <string_view>

#include "base/address.h"
#include "base/bytes.h"
#include "base/counters.h"

namespace portico::net {

struct UdpOptions {
  bool reuse_port = false;                     // SO_REUSEPORT: several sockets (one a thread) on one port
  int receive_buffer_bytes = 4 * 1024 * 1024;  // asked for; the kernel gives what it permits
  int send_buffer_bytes = 4 * 1024 * 1024;
  int dscp = 0;                    // 46 (EF) for RTP, 24 (CS3) for SIP; 0 leaves it
  bool arrival_times = false;      // the kernel's own stamps (SO_TIMESTAMPNS)
  std::string_view use = "other";  // in portico_udp_not_fetched_total: sip, rtp
};

class UdpSocket {
 public:
  // Port 0: any free one. Errors: unavailable (with the reason and address in `what`).
  static Result<UdpSocket> bind(const Endpoint& local, const UdpOptions& options = {});
  UdpSocket(UdpSocket&& other) noexcept;
  UdpSocket& operator=(UdpSocket&& other) noexcept;
  ~UdpSocket();

  int fd() const { return fd_; }
  const Endpoint& local() const { return local_; }  // with the port in use
  bool wildcard() const { return local_.ip.is_unspecified(); }

  // The kernel's own count of what it dropped because nobody fetched it in time (SO_RXQ_OVFL), as it comes
  // with a datagram: brings portico_udp_not_fetched_total up to date. Reading only; the socket stays what it
  // is.
  void count_not_fetched(std::uint32_t total) const;

 private:
  UdpSocket(int fd, const Endpoint& local, Counter& not_fetched)
      : fd_(fd), local_(local), not_fetched_(&not_fetched) {}
  int fd_ = -1;
  Endpoint local_;
  Counter* not_fetched_;
  mutable std::uint32_t not_fetched_so_far_ = 0;
};

}  // namespace portico::net
