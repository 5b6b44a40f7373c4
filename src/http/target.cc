#include "http/target.h"

#include <ifaddrs.h>

#include <algorithm>
#include <array>
#include <optional>

namespace portico::http {
namespace {

using Raw = std::array<std::uint8_t, 16>;

IpAddress embedded_v4(const Raw& raw, std::size_t at) {
  return IpAddress::v4(static_cast<std::uint32_t>(raw[at]) << 24 |
                       static_cast<std::uint32_t>(raw[at + 1]) << 16 |
                       static_cast<std::uint32_t>(raw[at + 2]) << 8 | raw[at + 3]);
}

bool all_zero(const Raw& raw, std::size_t from, std::size_t to) {
  return std::all_of(raw.begin() + static_cast<std::ptrdiff_t>(from),
                     raw.begin() + static_cast<std::ptrdiff_t>(to), [](std::uint8_t b) { return b == 0; });
}

bool is_public_v4(const IpAddress& address) {
  // The TEST-NET blocks (RFC 6890), which is_private() does not name.
  static constexpr std::array kReserved{Cidr{.network = 0xC0000200, .prefix = 24},
                                        Cidr{.network = 0xC6336400, .prefix = 24},
                                        Cidr{.network = 0xCB007100, .prefix = 24}};
  if (address.is_private()) return false;
  return std::none_of(kReserved.begin(), kReserved.end(),
                      [&](const Cidr& block) { return block.contains(address); });
}

// The IPv4 address that an IPv6 one carries.
std::optional<IpAddress> carried_v4(const IpAddress& address) {
  const auto& raw = address.raw();
  if (all_zero(raw, 0, 10) && raw[10] == 0xFF && raw[11] == 0xFF) return embedded_v4(raw, 12);
  if (all_zero(raw, 0, 12)) return embedded_v4(raw, 12);  // also :: and ::1
  if (raw[0] == 0x20 && raw[1] == 0x02) return embedded_v4(raw, 2);
  static constexpr std::array<std::uint8_t, 12> kNat64{0x00, 0x64, 0xFF, 0x9B};
  if (std::equal(kNat64.begin(), kNat64.end(), raw.begin())) return embedded_v4(raw, 12);
  return std::nullopt;
}

bool is_public_v6(const IpAddress& address) {
  if (const auto v4 = carried_v4(address)) return is_public_v4(*v4);
  const auto& raw = address.raw();
  // Global unicast is 2000::/3 alone (RFC 4291); 2001::/23 is for protocols, Teredo among them, 2001:db8::/32
  // for documentation.
  if ((raw[0] & 0xE0) != 0x20) return false;
  if (raw[0] == 0x20 && raw[1] == 0x01 && raw[2] < 0x02) return false;
  return !(raw[0] == 0x20 && raw[1] == 0x01 && raw[2] == 0x0D && raw[3] == 0xB8);
}

// An address of this machine's, or one that leads to it.
bool is_here(const IpAddress& address) {
  if (address.is_loopback() || address.is_unspecified()) return true;
  ifaddrs* all = nullptr;
  if (::getifaddrs(&all) != 0) return true;  // it cannot be told: better refused than let in
  bool found = false;
  for (const auto* at = all; at != nullptr && !found; at = at->ifa_next) {
    found = at->ifa_addr != nullptr && from_sockaddr(*at->ifa_addr).ip == address;
  }
  ::freeifaddrs(all);
  return found;
}

// As the kernel connects it: a mapped address is the IPv4 one.
IpAddress plain(const IpAddress& address) {
  if (address.is_v4()) return address;
  const auto& raw = address.raw();
  const bool mapped = all_zero(raw, 0, 10) && raw[10] == 0xFF && raw[11] == 0xFF;
  return mapped ? embedded_v4(raw, 12) : address;
}

}  // namespace

bool is_link_local_target(const IpAddress& address) {
  static constexpr Cidr kLinkLocal{.network = 0xA9FE0000, .prefix = 16};
  static constexpr std::array<std::array<std::uint8_t, 16>, 3> kCloudV6{
      {{0xFD, 0x00, 0x0E, 0xC2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0x54},           // fd00:ec2::254
       {0xFD, 0x00, 0x00, 0xC1, 0, 0, 0, 0, 0, 0, 0, 0, 0xA9, 0xFE, 0xA9, 0xFE},  // fd00:c1::a9fe:a9fe
       {0xFD, 0x20, 0x00, 0xCE, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0x54}}};         // fd20:ce::254
  if (address.is_v4()) {
    constexpr std::array<std::uint32_t, 2> kCloudV4{0x646464C8,
                                                    0xA83F8110};  // 100.100.100.200, 168.63.129.16
    return kLinkLocal.contains(address) || std::ranges::find(kCloudV4, address.v4_value()) != kCloudV4.end();
  }
  const auto& raw = address.raw();
  if (raw[0] == 0xFE && (raw[1] & 0xC0) == 0x80) return true;
  if (std::ranges::find(kCloudV6, raw) != kCloudV6.end()) return true;
  const auto v4 = carried_v4(address);
  return v4 && is_link_local_target(*v4);
}

bool is_own_target(const Endpoint& target, std::span<const Endpoint> listeners) {
  const auto ip = plain(target.ip);
  return std::ranges::any_of(listeners, [&](const Endpoint& own) {
    if (own.port != target.port) return false;
    const bool same = own.ip == ip || (ip.is_unspecified() && own.ip.is_loopback());
    return same || (own.ip.is_unspecified() && is_here(ip));
  });
}

bool is_public_target(const IpAddress& address) {
  return address.is_v4() ? is_public_v4(address) : is_public_v6(address);
}

}  // namespace portico::http
