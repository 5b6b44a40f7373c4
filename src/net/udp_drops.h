#pragma once
// Why a datagram was not received or not sent: one metric, portico_udp_dropped_total, by reason.

#include <cstdint>

namespace portico::net {

enum class UdpDrop : unsigned char {
  truncated,   // received: longer than the buffer
  queue_full,  // to send: the socket's queue is full
  refused,     // to send: the kernel refused this one (no route, too long, not permitted)
};

void count_udp_drop(UdpDrop reason, std::uint64_t n = 1);
std::uint64_t udp_drops(UdpDrop reason);  // since the start of the process
void count_udp_blocked();                 // portico_udp_blocked_total: the kernel's buffer was full

}  // namespace portico::net
