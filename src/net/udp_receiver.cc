#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>

#include "net/arrival_clock.h"
#include "net/packet_source.h"
#include "net/udp_batch.h"
#include "net/udp_drops.h"

namespace portico::net {

struct UdpReceiver::Slots {
  Slots(std::size_t bytes, std::size_t count)
      : slot_bytes(bytes),
        buffer(std::make_unique_for_overwrite<std::uint8_t[]>(bytes * count)),
        sources(count),
        controls(count),
        parts(count),
        messages(count) {
    batch.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
      parts[i] = {.iov_base = buffer.get() + i * bytes, .iov_len = bytes};
      auto& header = messages[i].msg_hdr;
      header.msg_name = &sources[i];
      header.msg_iov = &parts[i];
      header.msg_iovlen = 1;
      header.msg_control = controls[i].bytes.data();
    }
  }

  // The kernel writes lengths over those that it was given.
  void renew(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      messages[i].msg_hdr.msg_namelen = sizeof(sockaddr_storage);
      messages[i].msg_hdr.msg_controllen = sizeof controls[i].bytes;
    }
  }

  void take(std::size_t i, const UdpSocket& socket) {
    const auto& header = messages[i].msg_hdr;
    if ((header.msg_flags & MSG_TRUNC) != 0) return count_udp_drop(UdpDrop::truncated);
    Endpoint destination = socket.local();
    if (socket.wildcard()) destination.ip = read_destination(header);
    batch.push_back({.bytes = {buffer.get() + i * slot_bytes, messages[i].msg_len},
                     .source = from_sockaddr(reinterpret_cast<const sockaddr&>(sources[i])),
                     .destination = destination,
                     .arrived = clock.arrived(read_arrival(header))});
  }

  const std::size_t slot_bytes;
  std::unique_ptr<std::uint8_t[]> buffer;
  std::vector<sockaddr_storage> sources;
  std::vector<ControlBuffer> controls;
  std::vector<iovec> parts;
  std::vector<mmsghdr> messages;
  std::vector<Datagram> batch;
  ArrivalClock clock;
  std::size_t used = 0;  // of `messages`, by the last receive
  bool fresh = true;
};

UdpReceiver::UdpReceiver(std::size_t slot_bytes, std::size_t slots)
    : slots_(std::make_unique<Slots>(slot_bytes, slots)) {}
UdpReceiver::~UdpReceiver() = default;

std::span<Datagram> UdpReceiver::receive(const UdpSocket& socket) {
  auto& s = *slots_;
  s.batch.clear();
  s.renew(s.fresh ? s.messages.size() : s.used);
  s.fresh = false;
  int n = 0;
  do {
    n = recvmmsg(socket.fd(), s.messages.data(), static_cast<unsigned>(s.messages.size()), MSG_DONTWAIT,
                 nullptr);
  } while (n < 0 && errno == EINTR);
  s.used = n < 0 ? 0 : static_cast<std::size_t>(n);
  if (s.used > 0) {
    s.clock.set(Clock::now(), std::chrono::system_clock::now().time_since_epoch());
    for (std::size_t i = 0; i < s.used; ++i) s.take(i, socket);
    if (const auto total = read_not_fetched(s.messages[s.used - 1].msg_hdr)) socket.count_not_fetched(*total);
  }
  return s.batch;
}

std::size_t UdpReceiver::slots() const { return slots_->messages.size(); }
bool UdpReceiver::full() const { return slots_->used == slots_->messages.size(); }

}  // namespace portico::net
