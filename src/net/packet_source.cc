#include "net/packet_source.h"

#include <netinet/in.h>

#include <cstring>
#include <ctime>

namespace portico::net {
namespace {

template <typename Packet>
void write(int level, int type, const Packet& packet, ControlBuffer& control, msghdr& message) {
  static_assert(CMSG_SPACE(sizeof(Packet)) <= sizeof control.bytes);
  message.msg_control = control.bytes.data();
  message.msg_controllen = CMSG_SPACE(sizeof packet);
  std::memset(control.bytes.data(), 0, CMSG_SPACE(sizeof packet));
  auto* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = level;
  header->cmsg_type = type;
  header->cmsg_len = CMSG_LEN(sizeof packet);
  std::memcpy(CMSG_DATA(header), &packet, sizeof packet);
}

// What the socket layer itself tells.
template <typename Value>
std::optional<Value> read(const msghdr& message, int type) {
  auto& readable = const_cast<msghdr&>(message);
  for (auto* header = CMSG_FIRSTHDR(&readable); header != nullptr; header = CMSG_NXTHDR(&readable, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != type) continue;
    Value value;
    std::memcpy(&value, CMSG_DATA(header), sizeof value);
    return value;
  }
  return std::nullopt;
}

}  // namespace

IpAddress read_destination(const msghdr& message) {
  // CMSG_NXTHDR takes a non-const message though it changes nothing.
  auto& readable = const_cast<msghdr&>(message);
  for (auto* header = CMSG_FIRSTHDR(&readable); header != nullptr; header = CMSG_NXTHDR(&readable, header)) {
    if (header->cmsg_level == IPPROTO_IP && header->cmsg_type == IP_PKTINFO) {
      in_pktinfo packet;
      std::memcpy(&packet, CMSG_DATA(header), sizeof packet);
      return IpAddress::v4(ntohl(packet.ipi_addr.s_addr));
    }
    if (header->cmsg_level == IPPROTO_IPV6 && header->cmsg_type == IPV6_PKTINFO) {
      in6_pktinfo packet;
      std::memcpy(&packet, CMSG_DATA(header), sizeof packet);
      std::array<std::uint8_t, 16> raw;
      std::memcpy(raw.data(), &packet.ipi6_addr, raw.size());
      return IpAddress::v6(raw);
    }
  }
  return {};
}

std::optional<std::uint32_t> read_not_fetched(const msghdr& message) {
  return read<std::uint32_t>(message, SO_RXQ_OVFL);
}

std::optional<std::chrono::nanoseconds> read_arrival(const msghdr& message) {
  const auto stamp = read<timespec>(message, SO_TIMESTAMPNS);
  if (!stamp) return std::nullopt;
  return std::chrono::seconds(stamp->tv_sec) + std::chrono::nanoseconds(stamp->tv_nsec);
}

void write_source(const IpAddress& from, ControlBuffer& control, msghdr& message) {
  if (from.is_v4()) {
    in_pktinfo packet{};
    packet.ipi_spec_dst.s_addr = htonl(from.v4_value());
    write(IPPROTO_IP, IP_PKTINFO, packet, control, message);
    return;
  }
  in6_pktinfo packet{};
  std::memcpy(&packet.ipi6_addr, from.raw().data(), from.raw().size());
  write(IPPROTO_IPV6, IPV6_PKTINFO, packet, control, message);
}

}  // namespace portico::net
