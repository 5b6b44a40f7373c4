#include "portico/free_ports.h"

#include <algorithm>

#include "net/udp_socket.h"

namespace portico::app {

Result<PortStretch> free_ports(const IpAddress& local) {
  constexpr int kAround = 64;  // as many pairs as a media thread tries to open (medianode/socket_pairs.cc)
  const auto found = net::UdpSocket::bind({.ip = local, .port = 0});
  if (!found) return fail(found.error());
  const int middle = std::clamp<int>(found->local().port, 1'024 + kAround, 65'535 - kAround);
  return PortStretch{.low = static_cast<std::uint16_t>(middle - kAround),
                     .high = static_cast<std::uint16_t>(middle + kAround - 1)};
}

}  // namespace portico::app
