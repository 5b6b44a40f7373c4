#include "net/udp_socket.h"

#include <netinet/in.h>
#include <netinet/ip.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace portico::net {
namespace {

std::string reason() { return std::generic_category().message(errno); }

bool set_int(int fd, int level, int name, int value) {
  return setsockopt(fd, level, name, &value, sizeof value) == 0;
}

// On a wildcard bind only the control message says where a datagram was sent to.
bool ask_for_destinations(int fd, const IpAddress& local) {
  if (!local.is_v4() && !set_int(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1)) return false;
  if (!local.is_unspecified()) return true;
  return local.is_v4() ? set_int(fd, IPPROTO_IP, IP_PKTINFO, 1)
                       : set_int(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
}

// Sizes, marks, stamps and the count of what was lost are wishes: a kernel that grants less still gives a
// working socket.
void tune(int fd, bool v4, const UdpOptions& options) {
  set_int(fd, SOL_SOCKET, SO_RXQ_OVFL, 1);
  if (options.arrival_times) set_int(fd, SOL_SOCKET, SO_TIMESTAMPNS, 1);
  if (!set_int(fd, SOL_SOCKET, SO_RCVBUFFORCE, options.receive_buffer_bytes))
    set_int(fd, SOL_SOCKET, SO_RCVBUF, options.receive_buffer_bytes);
  if (!set_int(fd, SOL_SOCKET, SO_SNDBUFFORCE, options.send_buffer_bytes))
    set_int(fd, SOL_SOCKET, SO_SNDBUF, options.send_buffer_bytes);
  if (options.dscp == 0) return;
  if (v4) set_int(fd, IPPROTO_IP, IP_TOS, options.dscp << 2);
  if (!v4) set_int(fd, IPPROTO_IPV6, IPV6_TCLASS, options.dscp << 2);
}

}  // namespace

UdpSocket::UdpSocket(UdpSocket&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      local_(std::exchange(other.local_, {})),
      not_fetched_(other.not_fetched_),
      not_fetched_so_far_(other.not_fetched_so_far_) {}

UdpSocket& UdpSocket::operator=(UdpSocket&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(local_, other.local_);
  std::swap(not_fetched_, other.not_fetched_);
  std::swap(not_fetched_so_far_, other.not_fetched_so_far_);
  return *this;
}

UdpSocket::~UdpSocket() {
  if (fd_ >= 0) ::close(fd_);
}

void UdpSocket::count_not_fetched(std::uint32_t total) const {
  not_fetched_->add(total - not_fetched_so_far_);  // modulo 2^32, as the kernel counts
  not_fetched_so_far_ = total;
}

Result<UdpSocket> UdpSocket::bind(const Endpoint& local, const UdpOptions& options) {
  const bool v4 = local.ip.is_v4();
  const int fd = ::socket(v4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return fail(Code::unavailable, "cannot open a UDP socket: " + reason());
  UdpSocket socket(fd, local,
                   counter("portico_udp_not_fetched_total",
                           "Datagrams that the kernel dropped because a socket's receive buffer was full",
                           {{"socket", std::string(options.use)}}));
  if (!ask_for_destinations(fd, local.ip))
    return fail(Code::unavailable, "cannot prepare a UDP socket: " + reason());
  if (options.reuse_port && !set_int(fd, SOL_SOCKET, SO_REUSEPORT, 1))
    return fail(Code::unavailable, "cannot share UDP port " + local.to_string() + ": " + reason());
  tune(fd, v4, options);
  sockaddr_storage address;
  const auto length = to_sockaddr(local, address);
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&address), length) != 0)
    return fail(Code::unavailable, "cannot bind UDP " + local.to_string() + ": " + reason());
  socklen_t size = sizeof address;
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0)
    return fail(Code::unavailable, "cannot name UDP " + local.to_string() + ": " + reason());
  socket.local_ = from_sockaddr(reinterpret_cast<const sockaddr&>(address));
  return socket;
}

}  // namespace portico::net
