#include "many_sources.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace portico::flood {
namespace {

constexpr std::size_t kBatch = 64;
constexpr int kBufferBytes = 8 << 20;
using Control = std::array<char, CMSG_SPACE(sizeof(in_pktinfo))>;

[[noreturn]] void give_up(const char* what) {
  std::perror(what);
  std::exit(1);
}

void write_source(std::uint32_t address, Control& control, msghdr& header) {
  control = {};
  header.msg_control = control.data();
  header.msg_controllen = control.size();
  auto* const part = CMSG_FIRSTHDR(&header);
  part->cmsg_level = IPPROTO_IP;
  part->cmsg_type = IP_PKTINFO;
  part->cmsg_len = CMSG_LEN(sizeof(in_pktinfo));
  in_pktinfo info{};
  info.ipi_spec_dst.s_addr = htonl(address);
  std::memcpy(CMSG_DATA(part), &info, sizeof info);
}

std::uint32_t read_destination(msghdr& header) {
  for (auto* part = CMSG_FIRSTHDR(&header); part != nullptr; part = CMSG_NXTHDR(&header, part)) {
    if (part->cmsg_level != IPPROTO_IP || part->cmsg_type != IP_PKTINFO) continue;
    in_pktinfo info{};
    std::memcpy(&info, CMSG_DATA(part), sizeof info);
    return ntohl(info.ipi_addr.s_addr);
  }
  return 0;
}

}  // namespace

ManySources::ManySources(IpAddress first, std::size_t count) : first_(first.v4_value()), tallies_(count) {
  fd_ = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  if (fd_ < 0 || setsockopt(fd_, IPPROTO_IP, IP_PKTINFO, &on, sizeof on) != 0) give_up("UDP socket");
  for (const int name : {SO_RCVBUF, SO_SNDBUF, SO_RCVBUFFORCE, SO_SNDBUFFORCE}) {
    setsockopt(fd_, SOL_SOCKET, name, &kBufferBytes, sizeof kBufferBytes);  // a wish
  }
  sockaddr_in local{};
  local.sin_family = AF_INET;
  socklen_t size = sizeof local;
  if (::bind(fd_, reinterpret_cast<sockaddr*>(&local), size) != 0 ||
      ::getsockname(fd_, reinterpret_cast<sockaddr*>(&local), &size) != 0) {
    give_up("bind");
  }
  port_ = ntohs(local.sin_port);
}

ManySources::~ManySources() { ::close(fd_); }

std::string ManySources::address(std::size_t source) const {
  return IpAddress::v4(first_ + static_cast<std::uint32_t>(source)).to_string();
}

void ManySources::send(std::size_t source, Endpoint to, std::string_view bytes) {
  waiting_.push_back({.source = source, .to = to, .bytes = std::string(bytes)});
  if (waiting_.size() == kBatch) flush();
}

void ManySources::flush() {
  std::array<sockaddr_storage, kBatch> addresses;
  std::array<Control, kBatch> controls;
  std::array<iovec, kBatch> parts;
  std::array<mmsghdr, kBatch> messages{};
  for (std::size_t i = 0; i < waiting_.size(); ++i) {
    auto& one = waiting_[i];
    parts[i] = {.iov_base = one.bytes.data(), .iov_len = one.bytes.size()};
    auto& header = messages[i].msg_hdr;
    header.msg_name = &addresses[i];
    header.msg_namelen = to_sockaddr(one.to, addresses[i]);
    header.msg_iov = &parts[i];
    header.msg_iovlen = 1;
    write_source(first_ + static_cast<std::uint32_t>(one.source), controls[i], header);
  }
  for (std::size_t done = 0; done < waiting_.size();) {
    const int n = sendmmsg(fd_, &messages[done], static_cast<unsigned>(waiting_.size() - done), 0);
    // ECONNREFUSED tells of an earlier datagram to a closed port (RTP sprayed at random): this one is tried
    // again.
    if (n < 0 && (errno == EINTR || errno == ENOBUFS || errno == EAGAIN || errno == ECONNREFUSED)) continue;
    if (n < 0) give_up("sendmmsg");
    for (std::size_t i = done; i < done + static_cast<std::size_t>(n); ++i) {
      auto& tally = tallies_[waiting_[i].source];
      ++tally.sent;
      tally.sent_bytes += waiting_[i].bytes.size();
    }
    done += static_cast<std::size_t>(n);
  }
  waiting_.clear();
}

void ManySources::receive(const OnDatagram& on_datagram) {
  static std::array<std::array<char, 8'192>, kBatch> buffers;
  while (true) {
    std::array<Control, kBatch> controls;
    std::array<iovec, kBatch> parts;
    std::array<mmsghdr, kBatch> messages{};
    for (std::size_t i = 0; i < kBatch; ++i) {
      parts[i] = {.iov_base = buffers[i].data(), .iov_len = buffers[i].size()};
      auto& header = messages[i].msg_hdr;
      header.msg_iov = &parts[i];
      header.msg_iovlen = 1;
      header.msg_control = controls[i].data();
      header.msg_controllen = controls[i].size();
    }
    const int n = recvmmsg(fd_, messages.data(), kBatch, MSG_DONTWAIT, nullptr);
    if (n <= 0) return;
    for (std::size_t i = 0; i < static_cast<std::size_t>(n); ++i) {
      const std::size_t source = read_destination(messages[i].msg_hdr) - first_;
      if (source >= tallies_.size()) continue;
      ++tallies_[source].received;
      tallies_[source].received_bytes += messages[i].msg_len;
      on_datagram(source, {buffers[i].data(), messages[i].msg_len});
    }
  }
}

ManySources::Tally ManySources::total() const {
  Tally sum;
  for (const auto& one : tallies_) {
    sum.sent += one.sent;
    sum.sent_bytes += one.sent_bytes;
    sum.received += one.received;
    sum.received_bytes += one.received_bytes;
  }
  return sum;
}

std::int64_t ManySources::excess_bytes_max() const {
  std::int64_t most = 0;
  for (const auto& one : tallies_) {
    const auto excess =
        static_cast<std::int64_t>(one.received_bytes) - static_cast<std::int64_t>(one.sent_bytes);
    most = std::max(most, excess);
  }
  return most;
}

}  // namespace portico::flood
