#include "net/udp_drops.h"

#include "base/counters.h"

namespace portico::net {
namespace {

Counter& drops(const char* reason) {
  return counter("portico_udp_dropped_total", "Datagrams dropped by our sockets, by reason",
                 {{"reason", reason}});
}

Counter& counter_of(UdpDrop reason) {
  static Counter& truncated = drops("truncated");
  static Counter& queue_full = drops("queue_full");
  static Counter& refused = drops("refused");
  switch (reason) {
    case UdpDrop::truncated:
      return truncated;
    case UdpDrop::queue_full:
      return queue_full;
    case UdpDrop::refused:
      break;
  }
  return refused;
}

}  // namespace

void count_udp_drop(UdpDrop reason, std::uint64_t n) { counter_of(reason).add(n); }

std::uint64_t udp_drops(UdpDrop reason) { return counter_of(reason).value(); }

void count_udp_blocked() {
  static Counter& blocked =
      counter("portico_udp_blocked_total", "Times that the kernel's send buffer of a UDP socket was full");
  blocked.add();
}

}  // namespace portico::net
