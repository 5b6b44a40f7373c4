#pragma once
// The open RTP and RTCP sockets of one media thread, with what waits to be sent from each. Owner thread only.

#include <cstdint>
#include <memory>
#include <vector>

#include "medianode/placement.h"
#include "medianode/port_range.h"
#include "net/udp_batch.h"

namespace portico::medianode {

class SocketPairs {
 public:
  // `bind`: the sockets' address; `first`: the pair to begin with; `epoll_fd`: sockets are added to it with
  // token() as their data.
  SocketPairs(const IpAddress& bind, const PortRange& range, unsigned thread, std::size_t pairs_max,
              PairId first, int epoll_fd);

  // Opens the next pair that is closed, mostly the one next to the last. Errors: busy (as many are open as
  // there may be), unavailable (others hold the ports that were tried; the next call tries those behind
  // them).
  Result<PairId> open();
  void close(PairId pair);  // what waits to be sent is tried once more

  const net::UdpSocket& socket(PairId pair, bool rtcp) const { return side(pair, rtcp).socket; }
  // Sent by flush(), and whenever a batch is full. What the kernel leaves waiting is bounded:
  // limits::kUdpSendQueueMax a socket, what comes then is dropped and counted.
  void queue(PairId pair, bool rtcp, ByteView bytes, const Endpoint& to, const IpAddress& from);
  void flush();  // all that was queued; what the kernel cannot take now stays for the next time

  std::size_t size() const { return open_; }

  static std::uint64_t token(PairId pair, bool rtcp) { return std::uint64_t{pair} << 1 | (rtcp ? 1U : 0U); }
  static PairId pair_of(std::uint64_t token) { return static_cast<PairId>(token >> 1); }
  static bool rtcp_of(std::uint64_t token) { return (token & 1) != 0; }
  bool is_open(PairId pair) const { return pair < pairs_.size() && pairs_[pair] != nullptr; }

 private:
  struct Side {
    net::UdpSocket socket;
    net::UdpSender out;
    bool to_flush = false;
  };
  struct Pair {
    Side rtp;
    Side rtcp;
  };
  Side& side(PairId pair, bool rtcp) { return rtcp ? pairs_[pair]->rtcp : pairs_[pair]->rtp; }
  const Side& side(PairId pair, bool rtcp) const { return rtcp ? pairs_[pair]->rtcp : pairs_[pair]->rtp; }
  Result<Pair> bind_pair(PairId pair) const;
  bool watch(const Pair& pair, PairId id) const;

  const IpAddress bind_;
  const PortRange range_;
  const unsigned thread_;
  const std::size_t pairs_max_;
  const int epoll_fd_;
  std::vector<std::unique_ptr<Pair>> pairs_;  // by PairId
  std::size_t open_ = 0;
  PairId next_try_;
  std::vector<std::uint64_t> to_flush_;
};

}  // namespace portico::medianode
