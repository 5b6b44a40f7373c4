#include "http/target.h"

#include <algorithm>
#include <array>

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
  // TEST-NET and protocol blocks (RFC 6890) that is_private() does not name.
  static constexpr std::array kReserved{
      Cidr{.network = 0xC0000000, .prefix = 24}, Cidr{.network = 0xC0000200, .prefix = 24},
      Cidr{.network = 0xC6120000, .prefix = 15}, Cidr{.network = 0xC6336400, .prefix = 24},
      Cidr{.network = 0xCB007100, .prefix = 24}};
  if (address.is_private()) return false;
  return std::none_of(kReserved.begin(), kReserved.end(),
                      [&](const Cidr& block) { return block.contains(address); });
}

bool is_public_v6(const IpAddress& address) {
  const auto& raw = address.raw();
  if (all_zero(raw, 0, 10) && raw[10] == 0xFF && raw[11] == 0xFF) return is_public_v4(embedded_v4(raw, 12));
  if (all_zero(raw, 0, 12)) return is_public_v4(embedded_v4(raw, 12));  // also :: and ::1
  if (raw[0] == 0x20 && raw[1] == 0x02) return is_public_v4(embedded_v4(raw, 2));
  static constexpr std::array<std::uint8_t, 12> kNat64{0x00, 0x64, 0xFF, 0x9B};
  if (std::equal(kNat64.begin(), kNat64.end(), raw.begin())) return is_public_v4(embedded_v4(raw, 12));
  // Global unicast is 2000::/3 alone (RFC 4291); 2001::/23 is for protocols, Teredo among them, 2001:db8::/32
  // for documentation.
  if ((raw[0] & 0xE0) != 0x20) return false;
  if (raw[0] == 0x20 && raw[1] == 0x01 && raw[2] < 0x02) return false;
  return !(raw[0] == 0x20 && raw[1] == 0x01 && raw[2] == 0x0D && raw[3] == 0xB8);
}

}  // namespace

bool is_public_target(const IpAddress& address) {
  return address.is_v4() ? is_public_v4(address) : is_public_v6(address);
}

}  // namespace portico::http
