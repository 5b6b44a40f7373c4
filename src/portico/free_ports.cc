#include "portico/free_ports.h"

#include <algorithm>

#include "net/udp_socket.h"

namespace portico::app {

PortStretch ports_around(std::uint16_t port) {
  constexpr int kHalf = 64;  // 64 pairs in all, as many as a media thread tries to open (medianode)
  const int middle = std::clamp<int>(port, 1'024 + kHalf, 65'535 - kHalf);
  return {.low = static_cast<std::uint16_t>(middle - kHalf),
          .high = static_cast<std::uint16_t>(middle + kHalf - 1)};
}

Result<PortStretch> free_ports(const IpAddress& local) {
  const auto found = net::UdpSocket::bind({.ip = local, .port = 0});
  if (!found) return fail(found.error());
  return ports_around(found->local().port);
}

}  // namespace portico::app
