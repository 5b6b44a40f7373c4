#include "medianode/socket_pairs.h"

#include <sys/epoll.h>

#include <algorithm>

#include "base/limits.h"

namespace portico::medianode {
namespace {

constexpr net::UdpOptions kRtpOptions{.receive_buffer_bytes = 1'048'576,
                                      .send_buffer_bytes = 1'048'576,
                                      .dscp = 46,
                                      .arrival_times = true,
                                      .use = "rtp"};
constexpr int kBindTries = 64;  // pairs that others may hold before we give up for this time

bool add(int epoll_fd, const net::UdpSocket& socket, std::uint64_t token) {
  epoll_event event{.events = EPOLLIN, .data = {.u64 = token}};
  return epoll_ctl(epoll_fd, EPOLL_CTL_ADD, socket.fd(), &event) == 0;
}

}  // namespace

SocketPairs::SocketPairs(const IpAddress& bind, const PortRange& range, unsigned thread,
                         std::size_t pairs_max, PairId first, int epoll_fd)
    : bind_(bind),
      range_(range),
      thread_(thread),
      pairs_max_(pairs_max),
      epoll_fd_(epoll_fd),
      next_try_(first) {}

Result<SocketPairs::Pair> SocketPairs::bind_pair(PairId pair) const {
  const auto port = range_.rtp_port(thread_, pair);
  auto rtp = net::UdpSocket::bind({.ip = bind_, .port = port}, kRtpOptions);
  if (!rtp) return fail(rtp.error());
  auto rtcp = net::UdpSocket::bind({.ip = bind_, .port = static_cast<std::uint16_t>(port + 1)}, kRtpOptions);
  if (!rtcp) return fail(rtcp.error());
  return Pair{.rtp = {.socket = std::move(*rtp), .out = net::UdpSender()},
              .rtcp = {.socket = std::move(*rtcp), .out = net::UdpSender()}};
}

bool SocketPairs::watch(const Pair& pair, PairId id) const {
  return add(epoll_fd_, pair.rtp.socket, token(id, false)) &&
         add(epoll_fd_, pair.rtcp.socket, token(id, true));
}

Result<PairId> SocketPairs::open() {
  if (open_ >= pairs_max_) return fail(Code::busy, "as many RTP sockets are open as there may be");
  Error last{Code::unavailable, "no RTP port is free"};
  int tries = 0;
  const auto count = range_.pairs_of_thread();
  for (PairId n = 0; n < count && tries < kBindTries; ++n) {
    const auto id = next_try_;
    next_try_ = (id + 1) % count;
    if (is_open(id)) continue;
    ++tries;
    auto bound = bind_pair(id);
    if (bound && !watch(*bound, id)) bound = fail(Code::unavailable, "cannot watch an RTP socket");
    if (!bound) {
      last = bound.error();
      continue;
    }
    if (id >= pairs_.size()) pairs_.resize(id + 1);
    pairs_[id] = std::make_unique<Pair>(std::move(*bound));
    ++open_;
    return id;
  }
  return fail(last);
}

void SocketPairs::close(PairId pair) {
  if (!is_open(pair)) return;
  for (const bool rtcp : {false, true}) side(pair, rtcp).out.flush(side(pair, rtcp).socket);
  pairs_[pair].reset();
  --open_;
  next_try_ = std::min(next_try_, pair);
}

void SocketPairs::queue(PairId pair, bool rtcp, ByteView bytes, const Endpoint& to, const IpAddress& from) {
  auto& s = side(pair, rtcp);
  const bool queued = s.out.queue(bytes, to, from);
  // A thread that is late makes up for more than may wait.
  if (queued && s.out.queued() % limits::kUdpBatch == 0) s.out.flush(s.socket);
  if (std::exchange(s.to_flush, true)) return;
  to_flush_.push_back(token(pair, rtcp));
}

void SocketPairs::flush() {
  std::erase_if(to_flush_, [this](std::uint64_t one) {
    const auto pair = pair_of(one);
    if (!is_open(pair)) return true;
    auto& s = side(pair, rtcp_of(one));
    s.to_flush = !s.out.flush(s.socket);
    return !s.to_flush;
  });
}

}  // namespace portico::medianode
