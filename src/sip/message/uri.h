#pragma once
// sip:, sips: and tel: URIs (RFC 3261 section 19.1, RFC 3966) as views into the text they were parsed from.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/address.h"
#include "base/result.h"
#include "sip/message/params.h"

namespace portico::sip {

enum class Scheme : unsigned char { sip, sips, tel, other };

struct Uri {
  Scheme scheme = Scheme::sip;
  std::string_view scheme_text;              // as written
  std::string_view user;                     // escapes kept; tel: the number; other: all after the colon
  std::optional<std::string_view> password;  // escapes kept
  std::string_view host;                     // an IPv6 reference keeps its brackets
  std::uint16_t port = 0;                    // 0: not given
  Params params;                             // after the first ';' behind the host (tel: behind the number)
  std::string_view headers;                  // after '?', "" when absent

  bool is_sip() const { return scheme == Scheme::sip || scheme == Scheme::sips; }
  std::optional<std::string_view> param(std::string_view name) const { return params.find(name); }
  std::uint16_t port_or_default() const { return port != 0 ? port : scheme == Scheme::sips ? 5061 : 5060; }
};

// Code::invalid with the reason. Unknown schemes are fine here (Scheme::other); who cannot use them answers
// 416.
Result<Uri> parse_uri(std::string_view text);

// RFC 3261 section 19.1.4 (SIP) and RFC 3966 section 4 (tel). Unknown schemes compare by their text.
bool equivalent(const Uri& a, const Uri& b);

std::string to_string(const Uri& uri);

// A host name, IPv4 address or bracketed IPv6 address; `port` optional ("host[:port]", blanks around ':'
// allowed).
struct HostPort {
  std::string_view host;
  std::uint16_t port = 0;  // 0: not given
};
Result<HostPort> parse_host_port(std::string_view text);
// The address if the host is one: with or without brackets. RFC 5118 section 4.10: ":::" is read as "::".
std::optional<IpAddress> host_address(std::string_view host);
// Host names without regard to case, addresses by value ("[::1]" equals "[0:0:0:0:0:0:0:1]").
bool same_host(std::string_view a, std::string_view b);

}  // namespace portico::sip
