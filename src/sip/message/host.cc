// Hosts and ports of URIs and Via: RFC 3261 section 25.1 "hostport", RFC 5118 for what IPv6 brings.

#include <algorithm>

#include "sip/message/chars.h"
#include "sip/message/uri.h"

namespace portico::sip {
namespace {

std::string_view without_brackets(std::string_view host) {
  return host.size() > 2 && host.front() == '[' && host.back() == ']' ? host.substr(1, host.size() - 2)
                                                                      : host;
}

Unexpected bad_port() { return fail(Code::invalid, "port is not a number from 1 to 65535"); }

}  // namespace

std::optional<IpAddress> host_address(std::string_view host) {
  const auto text = without_brackets(host);
  if (text.empty() || (!is_class(text.front(), kHex) && text.front() != ':')) return std::nullopt;
  if (const auto extra = text.find(":::"); extra != std::string_view::npos) {
    const auto mended = std::string(text.substr(0, extra)).append(text.substr(extra + 1));
    auto ip = parse_ip(mended);
    return ip ? std::optional(*ip) : std::nullopt;
  }
  // A host name cannot end in a digit label unless it is an address; skips the look at most names.
  if (text.find(':') == std::string_view::npos && !is_class(text.back(), kDigit)) return std::nullopt;
  auto ip = parse_ip(text);
  return ip ? std::optional(*ip) : std::nullopt;
}

bool same_host(std::string_view a, std::string_view b) {
  if (equal_nocase(a, b)) return true;
  const auto left = host_address(a);
  return left && left == host_address(b);
}

Result<HostPort> parse_host_port(std::string_view text) {
  HostPort out;
  std::string_view rest;
  if (text.starts_with('[')) {
    const auto close = text.find(']');
    if (close == std::string_view::npos) return fail(Code::invalid, "IPv6 reference is not closed");
    out.host = text.substr(0, close + 1);
    const auto ip = host_address(out.host);
    if (!ip || ip->is_v4()) return fail(Code::invalid, "not an IPv6 reference");
    rest = trim_left(text.substr(close + 1));
  } else {
    const auto end = std::ranges::find_if(text, [](char c) { return !is_class(c, kHostChar); });
    out.host = text.substr(0, static_cast<std::size_t>(end - text.begin()));
    if (out.host.empty()) return fail(Code::invalid, "host is missing");
    rest = trim_left(text.substr(out.host.size()));
  }
  if (rest.empty()) return out;
  if (rest.front() != ':') return fail(Code::invalid, "host holds a character that no host has");
  if (!to_number(trim(rest.substr(1)), out.port, 65'535) || out.port == 0) return bad_port();
  return out;
}

}  // namespace portico::sip
