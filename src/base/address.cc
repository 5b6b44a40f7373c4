#include "base/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>

#include "base/hash.h"
#include "base/siphash.h"

namespace portico {
namespace {

constexpr Cidr block(std::uint32_t a, std::uint32_t b, std::uint8_t prefix) {
  return {.network = a << 24 | b << 16, .prefix = prefix};
}
// voice-applications.md section 3, "CIDR validation".
constexpr std::array kNonPublic{block(0, 0, 8),      block(10, 0, 8),     block(100, 64, 10),
                                block(127, 0, 8),    block(169, 254, 16), block(172, 16, 12),
                                block(192, 168, 16), block(224, 0, 4),    block(240, 0, 4)};

// RFC 6890 has these besides; 192.0.0.0/29 is what a phone in an IPv6-only network calls itself (RFC 7335).
constexpr std::array kNotRouted{block(192, 0, 24), block(198, 18, 15)};

constexpr std::uint32_t mask(std::uint8_t prefix) { return prefix == 0 ? 0 : ~0U << (32 - prefix); }

// The IPv4 address that ::ffff:192.0.2.1 leads to.
std::optional<IpAddress> mapped_v4(const std::array<std::uint8_t, 16>& raw, bool is_v4) {
  static constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  if (is_v4 || !std::equal(kMapped.begin(), kMapped.end(), raw.begin())) return std::nullopt;
  std::uint32_t value = 0;
  std::memcpy(&value, raw.data() + 12, 4);
  return IpAddress::v4(ntohl(value));
}

}  // namespace

IpAddress IpAddress::v4(std::uint32_t host_order) {
  IpAddress ip;
  for (int i = 0; i < 4; ++i)
    ip.raw_[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(host_order >> (24 - 8 * i));
  return ip;
}

IpAddress IpAddress::v6(const std::array<std::uint8_t, 16>& network_order) {
  IpAddress ip;
  ip.raw_ = network_order;
  ip.v4_ = false;
  return ip;
}

std::uint32_t IpAddress::v4_value() const {
  return static_cast<std::uint32_t>(raw_[0]) << 24 | static_cast<std::uint32_t>(raw_[1]) << 16 |
         static_cast<std::uint32_t>(raw_[2]) << 8 | raw_[3];
}

bool IpAddress::is_loopback() const {
  if (const auto v4 = mapped_v4(raw_, v4_)) return v4->is_loopback();
  if (v4_) return raw_[0] == 127;
  static constexpr std::array<std::uint8_t, 16> kLoopback{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  return raw_ == kLoopback;
}

bool IpAddress::is_unspecified() const {
  if (const auto v4 = mapped_v4(raw_, v4_)) return v4->is_unspecified();
  return std::all_of(raw_.begin(), raw_.end(), [](std::uint8_t b) { return b == 0; });
}

bool IpAddress::is_private() const {
  if (const auto v4 = mapped_v4(raw_, v4_)) return v4->is_private();
  if (v4_) {
    const auto holds = [&](const Cidr& c) { return c.contains(*this); };
    return std::any_of(kNonPublic.begin(), kNonPublic.end(), holds) ||
           std::any_of(kNotRouted.begin(), kNotRouted.end(), holds);
  }
  return is_loopback() || is_unspecified() || (raw_[0] & 0xFE) == 0xFC ||
         (raw_[0] == 0xFE && (raw_[1] & 0xC0) == 0x80);
}

std::string IpAddress::to_string() const {
  if (v4_) {  // on each SIP message: inet_ntop goes through printf
    char digits[15];
    char* at = digits;
    for (std::size_t i = 0; i < 4; ++i) {
      if (i != 0) *at++ = '.';
      at = std::to_chars(at, std::end(digits), raw_[i]).ptr;
    }
    return {digits, at};
  }
  char text[INET6_ADDRSTRLEN] = "";
  inet_ntop(AF_INET6, raw_.data(), text, sizeof text);
  return text;
}

Result<IpAddress> parse_ip(std::string_view text) {
  char owned[INET6_ADDRSTRLEN + 1];
  const bool fits = !text.empty() && text.size() < sizeof owned;
  if (!fits || text.find('\0') != std::string_view::npos) return fail(Code::invalid, "not an IP address");
  std::memcpy(owned, text.data(), text.size());
  owned[text.size()] = '\0';
  std::array<std::uint8_t, 16> raw{};
  if (inet_pton(AF_INET, owned, raw.data()) == 1) {
    std::uint32_t value = 0;
    std::memcpy(&value, raw.data(), 4);
    return IpAddress::v4(ntohl(value));
  }
  if (inet_pton(AF_INET6, owned, raw.data()) == 1) return IpAddress::v6(raw);
  return fail(Code::invalid, "not an IP address");
}

std::string Endpoint::to_string() const {
  const auto host = ip.is_v4() ? ip.to_string() : "[" + ip.to_string() + "]";
  return host + ":" + std::to_string(port);
}

Result<Endpoint> parse_endpoint(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return fail(Code::invalid, "expected ADDRESS:PORT");
  auto host = text.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  const auto digits = text.substr(colon + 1);
  unsigned port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc{} || end != digits.data() + digits.size() || port > 65535) {
    return fail(Code::invalid, "port must be a number from 0 to 65535");
  }
  auto ip = parse_ip(host);
  if (!ip) return fail(ip.error());
  return Endpoint{.ip = *ip, .port = static_cast<std::uint16_t>(port)};
}

unsigned to_sockaddr(const Endpoint& endpoint, sockaddr_storage& out) {
  std::memset(&out, 0, sizeof out);
  if (endpoint.ip.is_v4()) {
    auto& in = reinterpret_cast<sockaddr_in&>(out);
    in.sin_family = AF_INET;
    in.sin_port = htons(endpoint.port);
    in.sin_addr.s_addr = htonl(endpoint.ip.v4_value());
    return sizeof in;
  }
  auto& in6 = reinterpret_cast<sockaddr_in6&>(out);
  in6.sin6_family = AF_INET6;
  in6.sin6_port = htons(endpoint.port);
  std::memcpy(&in6.sin6_addr, endpoint.ip.raw().data(), 16);
  return sizeof in6;
}

Endpoint from_sockaddr(const sockaddr& in) {
  if (in.sa_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(in);
    return {.ip = IpAddress::v4(ntohl(v4.sin_addr.s_addr)), .port = ntohs(v4.sin_port)};
  }
  const auto& v6 = reinterpret_cast<const sockaddr_in6&>(in);
  std::array<std::uint8_t, 16> raw{};
  std::memcpy(raw.data(), &v6.sin6_addr, 16);
  return {.ip = IpAddress::v6(raw), .port = ntohs(v6.sin6_port)};
}

bool Cidr::contains(IpAddress ip) const { return ip.is_v4() && (ip.v4_value() & mask(prefix)) == network; }

bool Cidr::overlaps(const Cidr& other) const {
  const auto shorter = mask(std::min(prefix, other.prefix));
  return (network & shorter) == (other.network & shorter);
}

std::string Cidr::to_string() const {
  return IpAddress::v4(network).to_string() + "/" + std::to_string(prefix);
}

Result<Cidr> parse_cidr(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos)
    return fail(Code::invalid, "must be a.b.c.d/n; a single host is a.b.c.d/32");
  const auto address = parse_ip(text.substr(0, slash));
  if (!address) return fail(Code::invalid, "must be an IPv4 block a.b.c.d/n without leading zeros");
  if (!address->is_v4()) return fail(Code::invalid, "IPv6 blocks are not supported");
  const auto digits = text.substr(slash + 1);
  unsigned prefix = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), prefix);
  if (error != std::errc{} || end != digits.data() + digits.size() || prefix > 32 ||
      (digits.size() > 1 && digits[0] == '0')) {
    return fail(Code::invalid, "prefix length must be a number from 0 to 32");
  }
  const Cidr cidr{.network = address->v4_value(), .prefix = static_cast<std::uint8_t>(prefix)};
  if ((cidr.network & ~mask(cidr.prefix)) != 0) {
    const Cidr canonical{.network = cidr.network & mask(cidr.prefix), .prefix = cidr.prefix};
    return fail(Code::invalid, "host bits are set; the canonical block is " + canonical.to_string());
  }
  return cidr;
}

bool overlaps_non_public(const Cidr& cidr) {
  if (cidr.prefix == 0) return false;
  return std::any_of(kNonPublic.begin(), kNonPublic.end(), [&](const Cidr& c) { return c.overlaps(cidr); });
}

}  // namespace portico

// Whoever forges addresses shall not know which of them share a bucket.
std::size_t std::hash<portico::IpAddress>::operator()(const portico::IpAddress& ip) const noexcept {
  static const portico::SipHash::Key key{portico::random_u64(), portico::random_u64()};
  portico::SipHash hash(key);
  for (std::size_t at = 0; at < ip.raw().size(); at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, ip.raw().data() + at, 8);
    hash.absorb(word);
  }
  hash.absorb(ip.is_v4() ? 4 : 6);
  return hash.finish();
}
