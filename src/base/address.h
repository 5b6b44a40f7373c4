#pragma once
// IP addresses, endpoints and CIDR blocks as values: parsed once at the door, compared without failing.

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

struct sockaddr;
struct sockaddr_storage;

namespace portico {

// An IPv4 or IPv6 address, hashed under a key of the process's: strangers choose it. Default: 0.0.0.0.
class IpAddress {
 public:
  IpAddress() = default;
  static IpAddress v4(std::uint32_t host_order);
  static IpAddress v6(const std::array<std::uint8_t, 16>& network_order);

  bool is_v4() const { return v4_; }
  std::uint32_t v4_value() const;                                   // host order; only when is_v4()
  const std::array<std::uint8_t, 16>& raw() const { return raw_; }  // IPv4 in the first four bytes
  bool is_loopback() const;
  bool is_unspecified() const;
  bool is_private() const;        // not on the public Internet (RFC 6890), mapped or not; loopback included
  std::string to_string() const;  // no brackets

  friend auto operator<=>(const IpAddress&, const IpAddress&) = default;

 private:
  std::array<std::uint8_t, 16> raw_{};
  bool v4_ = true;
};

Result<IpAddress> parse_ip(std::string_view text);  // no brackets, no host names

struct Endpoint {
  IpAddress ip;
  std::uint16_t port = 0;

  std::string to_string() const;  // "192.0.2.1:5060", "[::1]:5060"
  friend auto operator<=>(const Endpoint&, const Endpoint&) = default;
};
Result<Endpoint> parse_endpoint(std::string_view text);  // "ip:port", "[ip]:port"

// Returns the number of bytes used of `out`.
unsigned to_sockaddr(const Endpoint& endpoint, sockaddr_storage& out);
Endpoint from_sockaddr(const sockaddr& in);

// IPv4 block in canonical form: host bits are zero.
struct Cidr {
  std::uint32_t network = 0;  // host order
  std::uint8_t prefix = 0;    // 0..32

  bool contains(IpAddress ip) const;
  bool overlaps(const Cidr& other) const;
  std::string to_string() const;
  friend auto operator<=>(const Cidr&, const Cidr&) = default;
};

// Form rules of voice-applications.md "CIDR validation": a.b.c.d/n, no leading zeros, host bits zero, IPv4
// only.
Result<Cidr> parse_cidr(std::string_view text);
// True when a public allow list must not hold it: it overlaps non-public space and is not 0.0.0.0/0.
bool overlaps_non_public(const Cidr& block);

}  // namespace portico

template <>
struct std::hash<portico::IpAddress> {
  std::size_t operator()(const portico::IpAddress& ip) const noexcept;
};
template <>
struct std::hash<portico::Endpoint> {
  std::size_t operator()(const portico::Endpoint& e) const noexcept {
    return std::hash<portico::IpAddress>{}(e.ip) * 31 + e.port;
  }
};
