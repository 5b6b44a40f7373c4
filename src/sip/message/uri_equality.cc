// When two URIs are the same: RFC 3261 section 19.1.4, RFC 3966 section 4.

#include <array>

#include "sip/message/chars.h"
#include "sip/message/uri.h"

namespace portico::sip {
namespace {

enum class Case : unsigned char { kept, ignored };

// Takes the next character off; an escaped reserved character is not the character itself (RFC 2396
// section 2.2), so it gets a value of its own.
int next_char(std::string_view& text, Case letters) {
  constexpr std::string_view kReserved = ";/?:@&=+$,";
  if (text.size() >= 3 && text[0] == '%' && is_class(text[1], kHex) && is_class(text[2], kHex)) {
    const auto c = static_cast<char>(hex_value(text[1]) << 4 | hex_value(text[2]));
    text.remove_prefix(3);
    if (kReserved.find(c) != std::string_view::npos) return 256 + static_cast<unsigned char>(c);
    return static_cast<unsigned char>(letters == Case::ignored ? to_lower(c) : c);
  }
  const char c = text.front();
  text.remove_prefix(1);
  return static_cast<unsigned char>(letters == Case::ignored ? to_lower(c) : c);
}

bool equal_decoded(std::string_view a, std::string_view b, Case letters) {
  while (!a.empty() && !b.empty()) {
    if (next_char(a, letters) != next_char(b, letters)) return false;
  }
  return a.empty() && b.empty();
}

std::optional<Param> find_decoded(Params params, std::string_view name) {
  auto rest = params.raw();
  while (const auto param = Params::next(rest)) {
    if (equal_decoded(param->name, name, Case::ignored)) return param;
  }
  return std::nullopt;
}

// Parameters that count even when only one of the two has them; "transport" by the section's own examples.
constexpr std::array<std::string_view, 5> kAlwaysCompared{"user", "ttl", "method", "maddr", "transport"};

bool covers(Params a, Params b, bool all) {
  auto rest = a.raw();
  while (const auto param = Params::next(rest)) {
    // A name that stands twice is wrong; the first one counts, here as everywhere.
    if (find_decoded(a, param->name)->name.data() != param->name.data()) continue;
    const auto other = find_decoded(b, param->name);
    if (other) {
      if (!equal_decoded(param->value, other->value, Case::ignored)) return false;
      continue;
    }
    if (all) return false;
    for (const auto name : kAlwaysCompared) {
      if (equal_decoded(param->name, name, Case::ignored)) return false;
    }
  }
  return true;
}

struct UriHeader {
  std::string_view name;
  std::string_view value;
};
std::optional<UriHeader> next_header(std::string_view& rest) {
  if (rest.empty()) return std::nullopt;
  const auto ampersand = rest.find('&');
  const auto element = rest.substr(0, ampersand);
  rest = ampersand == std::string_view::npos ? std::string_view{} : rest.substr(ampersand + 1);
  const auto equals = element.find('=');
  return UriHeader{
      .name = element.substr(0, equals),
      .value = equals == std::string_view::npos ? std::string_view{} : element.substr(equals + 1)};
}

// Every header of `a` is in `b` with the same value.
bool headers_covered(std::string_view a, std::string_view b) {
  while (const auto header = next_header(a)) {
    bool found = false;
    auto rest = b;
    while (const auto other = next_header(rest)) {
      found = found || (equal_decoded(header->name, other->name, Case::ignored) &&
                        equal_decoded(header->value, other->value, Case::kept));
    }
    if (!found) return false;
  }
  return true;
}

// RFC 3966: visual separators do not count.
bool same_number(std::string_view a, std::string_view b) {
  const auto skip = [](std::string_view& text) {
    while (!text.empty() && std::string_view("-.()").find(text.front()) != std::string_view::npos)
      text.remove_prefix(1);
  };
  while (true) {
    skip(a);
    skip(b);
    if (a.empty() || b.empty()) return a.empty() && b.empty();
    if (to_lower(a.front()) != to_lower(b.front())) return false;
    a.remove_prefix(1);
    b.remove_prefix(1);
  }
}

bool same_sip(const Uri& a, const Uri& b) {
  if (!equal_decoded(a.user, b.user, Case::kept) || a.password.has_value() != b.password.has_value())
    return false;
  if (a.password && !equal_decoded(*a.password, *b.password, Case::kept)) return false;
  if (!same_host(a.host, b.host) || a.port != b.port) return false;
  if (!covers(a.params, b.params, false) || !covers(b.params, a.params, false)) return false;
  return headers_covered(a.headers, b.headers) && headers_covered(b.headers, a.headers);
}

}  // namespace

bool equivalent(const Uri& a, const Uri& b) {
  if (a.scheme != b.scheme) return false;
  switch (a.scheme) {
    case Scheme::sip:
    case Scheme::sips:
      return same_sip(a, b);
    case Scheme::tel:
      return same_number(a.user, b.user) && covers(a.params, b.params, true) &&
             covers(b.params, a.params, true);
    case Scheme::other:
      break;
  }
  return equal_nocase(a.scheme_text, b.scheme_text) && a.user == b.user;
}

}  // namespace portico::sip
