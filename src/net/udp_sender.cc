#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "net/packet_source.h"
#include "net/udp_batch.h"
#include "net/udp_drops.h"

namespace portico::net {
namespace {

struct Waiting {
  std::size_t offset;
  std::size_t size;
  Endpoint to;
  IpAddress from;
};

// What one sendmmsg needs; built on the stack, used once.
struct Batch {
  std::array<sockaddr_storage, limits::kUdpBatch> addresses;
  std::array<ControlBuffer, limits::kUdpBatch> controls;
  std::array<iovec, limits::kUdpBatch> parts;
  std::array<mmsghdr, limits::kUdpBatch> messages;

  void set(std::size_t i, std::uint8_t* bytes, const Waiting& datagram, bool wildcard) {
    parts[i] = {.iov_base = bytes, .iov_len = datagram.size};
    messages[i] = {};
    auto& header = messages[i].msg_hdr;
    header.msg_name = &addresses[i];
    header.msg_namelen = to_sockaddr(datagram.to, addresses[i]);
    header.msg_iov = &parts[i];
    header.msg_iovlen = 1;
    if (wildcard && !datagram.from.is_unspecified()) write_source(datagram.from, controls[i], header);
  }
};

}  // namespace

struct UdpSender::Queue {
  // Everything before `head` has been dealt with.
  void drop_sent() {
    if (head == waiting.size()) {
      waiting.clear();
      bytes.clear();
    } else if (head > 0) {
      const auto gone = waiting[head].offset;
      bytes.erase(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(gone));
      waiting.erase(waiting.begin(), waiting.begin() + static_cast<std::ptrdiff_t>(head));
      for (auto& datagram : waiting) datagram.offset -= gone;
    }
    head = 0;
  }

  // Hands one batch to the kernel. False when it takes no more for now.
  bool send_batch(const UdpSocket& socket) {
    Batch batch;
    const auto count = std::min(waiting.size() - head, limits::kUdpBatch);
    for (std::size_t i = 0; i < count; ++i) {
      const auto& datagram = waiting[head + i];
      batch.set(i, bytes.data() + datagram.offset, datagram, socket.wildcard());
    }
    const int n = sendmmsg(socket.fd(), batch.messages.data(), static_cast<unsigned>(count), MSG_DONTWAIT);
    if (n > 0) {
      head += static_cast<std::size_t>(n);
      return true;
    }
    if (errno == EINTR) return true;
    if (errno == EAGAIN || errno == EWOULDBLOCK || errno == ENOBUFS) {
      count_udp_blocked();
      return false;
    }
    count_udp_drop(UdpDrop::refused);
    ++head;
    return true;
  }

  std::size_t max;
  Bytes bytes;
  std::vector<Waiting> waiting;
  std::size_t head = 0;
};

UdpSender::UdpSender(std::size_t queue_max) : queue_(std::make_unique<Queue>()) { queue_->max = queue_max; }
UdpSender::~UdpSender() = default;
UdpSender::UdpSender(UdpSender&&) noexcept = default;
UdpSender& UdpSender::operator=(UdpSender&&) noexcept = default;

bool UdpSender::queue(ByteView bytes, const Endpoint& to, const IpAddress& from) {
  auto& q = *queue_;
  if (q.waiting.size() >= q.max) {
    count_udp_drop(UdpDrop::queue_full);
    return false;
  }
  q.waiting.push_back({.offset = q.bytes.size(), .size = bytes.size(), .to = to, .from = from});
  q.bytes.insert(q.bytes.end(), bytes.begin(), bytes.end());
  return true;
}

bool UdpSender::flush(const UdpSocket& socket) {
  auto& q = *queue_;
  bool taken = true;
  while (taken && q.head < q.waiting.size()) taken = q.send_batch(socket);
  q.drop_sent();
  return taken;
}

std::size_t UdpSender::queued() const { return queue_->waiting.size(); }

void UdpSender::clear() {
  queue_->waiting.clear();
  queue_->bytes.clear();
  queue_->head = 0;
}

}  // namespace portico::net
