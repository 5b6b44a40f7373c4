// Via: RFC 3261 section 20.42, RFC 3581 for rport.

#include <array>

#include "sip/message/chars.h"
#include "sip/message/headers.h"

namespace portico::sip {
namespace {

Unexpected malformed(const char* what) { return fail(Code::invalid, what); }

// Takes `token LWS? /` off; "" when it is not there.
std::string_view take_part(std::string_view& rest) {
  const auto slash = rest.find('/');
  if (slash == std::string_view::npos) return {};
  const auto part = trim(rest.substr(0, slash));
  rest = trim_left(rest.substr(slash + 1));
  return is_token(part) ? part : std::string_view{};
}

struct Transport {
  std::string_view text;
  ViaTransport id;
};
constexpr std::array kTransports{Transport{"UDP", ViaTransport::udp}, Transport{"TCP", ViaTransport::tcp},
                                 Transport{"TLS", ViaTransport::tls}, Transport{"WS", ViaTransport::ws},
                                 Transport{"WSS", ViaTransport::wss}, Transport{"SCTP", ViaTransport::sctp}};

ViaTransport find_transport(std::string_view text) {
  for (const auto& t : kTransports) {
    if (equal_nocase(t.text, text)) return t.id;
  }
  return ViaTransport::other;
}

}  // namespace

Result<Via> parse_via(std::string_view value) {
  auto rest = trim(value);
  const auto protocol = take_part(rest);
  const auto version = take_part(rest);
  if (!equal_nocase(protocol, "SIP") || version != "2.0") return malformed("Via is not SIP/2.0");
  Via via;
  const auto blank = rest.find_first_of(" \t");
  via.transport_text = rest.substr(0, blank);
  if (!is_token(via.transport_text)) return malformed("Via has no transport");
  if (blank == std::string_view::npos) return malformed("Via has no sent-by");
  via.transport = find_transport(via.transport_text);
  rest = trim_left(rest.substr(blank));
  const auto semicolon = rest.find(';');
  auto sent_by = parse_host_port(trim(rest.substr(0, semicolon)));
  if (!sent_by) return fail(std::move(sent_by).error());
  via.host = sent_by->host;
  via.port = sent_by->port;
  if (semicolon == std::string_view::npos) return via;
  const auto params = rest.substr(semicolon + 1);
  if (!well_formed_params(params)) return malformed("Via parameters are malformed");
  via.params = Params(params);
  return via;
}

std::uint16_t Via::rport() const {
  std::uint16_t number = 0;
  return to_number(params.find("rport").value_or(""), number, 65'535) ? number : std::uint16_t{0};
}

bool Via::has_magic_branch() const {
  constexpr std::string_view kMagic = "z9hG4bK";
  const auto text = branch();
  return text.size() > kMagic.size() && starts_nocase(text, kMagic);
}

Result<Via> read_top_via(const Message& message) {
  auto& kept = message.readings().top_via;
  if (kept) return *kept;
  if (!message.has(Header::via)) return fail(Code::not_found, "Via is missing");
  const auto value = message.values(Header::via).front();
  if (value.empty()) return malformed("Via is empty");
  auto via = parse_via(value);
  if (via) kept = *via;
  return via;
}

}  // namespace portico::sip
