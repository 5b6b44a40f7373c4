#include "net/port_probe.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace portico::net {

Result<void> probe_port(PortKind kind, const Endpoint& local) {
  const bool udp = kind == PortKind::udp;
  sockaddr_storage address;
  const auto length = to_sockaddr(local, address);
  const auto failed = [&](int error) {
    return fail(Code::unavailable, std::string("cannot bind ") + (udp ? "UDP " : "TCP ") + local.to_string() +
                                       ": " + std::generic_category().message(error));
  };
  const int fd = ::socket(address.ss_family, (udp ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC, 0);
  if (fd < 0) return failed(errno);
  constexpr int kOn = 1;
  // Connections that a former process has closed are not in the way: a listener is.
  if (!udp) (void)::setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &kOn, sizeof kOn);
  if (!local.ip.is_v4()) (void)::setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &kOn, sizeof kOn);
  const bool bound = ::bind(fd, reinterpret_cast<const sockaddr*>(&address), length) == 0;
  const int error = errno;
  ::close(fd);
  if (!bound) return failed(error);
  return {};
}

}  // namespace portico::net
