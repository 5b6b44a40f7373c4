#include <string>

#include "base/limits.h"
#include "sdp/fields.h"
#include "sdp/session_description.h"

namespace portico::sdp {
namespace {

class Parser {
 public:
  Result<SessionDescription> run(std::string_view text);

 private:
  Result<void> take_line(std::string_view line);
  Result<void> take_known(char type, std::string_view value);
  Result<void> take_origin(std::string_view value);
  Result<void> take_connection(std::string_view value);
  Result<void> take_attribute(std::string_view value);
  Result<void> take_media(std::string_view value);
  Unexpected wrong(std::string_view what) const { return at_line(Code::invalid, what); }
  Unexpected at_line(Code code, std::string_view what) const {
    return fail(code, "line " + std::to_string(line_) + ": " + std::string(what));
  }

  SessionDescription out_;
  unsigned line_ = 0;
  bool begun_ = false;
  std::size_t attributes_ = 0;
};

bool has_control_characters(std::string_view line) {
  return std::any_of(line.begin(), line.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && byte != '\t') || byte == 0x7F;
  });
}

Result<SessionDescription> Parser::run(std::string_view text) {
  if (text.size() > limits::kSdpBytesMax) {
    return fail(Code::too_large,
                "session description is over " + std::to_string(limits::kSdpBytesMax) + " bytes");
  }
  while (!text.empty() && text.back() == '\0')
    text.remove_suffix(1);  // a terminator that slipped into the body
  while (!text.empty()) {
    ++line_;
    auto line = take_until(text, '\n');
    while (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    if (auto taken = take_line(line); !taken) return fail(taken.error());
  }
  if (!begun_) return fail(Code::invalid, "line 1: session description is empty");
  return std::move(out_);
}

Result<void> Parser::take_line(std::string_view line) {
  if (has_control_characters(line)) return wrong("control character");
  line = trimmed(line);
  if (line.empty()) return {};
  if (line.size() < 2 || line[1] != '=') return wrong("expected a letter and '='");
  const auto value = trimmed(line.substr(2));
  if (!begun_) {
    if (line[0] != 'v' || value != "0") return wrong("expected v=0");
    begun_ = true;
    return {};
  }
  return take_known(line[0], value);
}

Result<void> Parser::take_known(char type, std::string_view value) {
  switch (type) {
    case 'v':
      return wrong("a second v=");
    case 'o':
      return take_origin(value);
    case 's':
      if (!value.empty()) out_.name = value;
      return {};
    case 'c':
      return take_connection(value);
    case 'a':
      return take_attribute(value);
    case 'm':
      return take_media(value);
    default:
      return {};  // i u e p b t r z k and whatever comes next change nothing for us
  }
}

// <nettype> <addrtype> <address>[/ttl[/count]]
std::optional<Connection> read_address(std::string_view value) {
  const auto net = take_field(value);
  const auto type = take_field(value);
  auto address = take_field(value);
  if (!same_name(net, "IN") || !(same_name(type, "IP4") || same_name(type, "IP6")) || address.empty()) {
    return std::nullopt;
  }
  Connection out{.host = take_until(address, '/')};
  if (auto ip = parse_ip(out.host)) out.ip = *ip;
  return out;
}

Result<void> Parser::take_origin(std::string_view value) {
  Origin origin;
  origin.username = take_field(value);
  origin.session_id = take_field(value);
  origin.version = take_field(value);
  const auto address = read_address(value);
  if (!address) return wrong("o= needs a user name, session id, version, IN, IP4 or IP6, and an address");
  origin.address = *address;
  out_.origin = origin;
  return {};
}

Result<void> Parser::take_connection(std::string_view value) {
  const auto connection = read_address(value);
  if (!connection) return wrong("c= needs IN, IP4 or IP6, and an address");
  (out_.media.empty() ? out_.connection : out_.media.back().connection) = connection;
  return {};
}

Result<void> Parser::take_attribute(std::string_view value) {
  if (++attributes_ > limits::kSdpAttributesMax) {
    return at_line(Code::too_large, "more than " + std::to_string(limits::kSdpAttributesMax) + " attributes");
  }
  Attribute attribute{.line = line_};
  attribute.name = trimmed(take_until(value, ':'));
  attribute.value = trimmed(value);
  if (attribute.name.empty()) return wrong("a= needs a name");
  (out_.media.empty() ? out_.attributes : out_.media.back().attributes).push_back(attribute);
  return {};
}

Result<void> Parser::take_media(std::string_view value) {
  if (out_.media.size() == limits::kSdpMediaMax) {
    return at_line(Code::too_large, "more than " + std::to_string(limits::kSdpMediaMax) + " m-lines");
  }
  MediaDescription media{.line = line_};
  media.type = take_field(value);
  auto ports = take_field(value);
  const auto port = to_number<std::uint16_t>(take_until(ports, '/'));
  media.protocol = take_field(value);
  if (!port) return wrong("the port of m= must be a number from 0 to 65535");
  media.port = *port;
  const auto too_long = [](std::string_view token) { return token.size() > limits::kSdpTokenBytesMax; };
  if (too_long(media.type) || too_long(media.protocol)) return wrong("m= has a field that is too long");
  for (auto format = take_field(value); !format.empty(); format = take_field(value)) {
    if (media.formats.size() == limits::kSdpFormatsMax) {
      return at_line(Code::too_large, "more than " + std::to_string(limits::kSdpFormatsMax) + " formats");
    }
    if (too_long(format)) return wrong("m= has a field that is too long");
    media.formats.push_back(format);
  }
  if (media.formats.empty()) return wrong("m= needs a type, port, protocol and at least one format");
  out_.media.push_back(std::move(media));
  return {};
}

}  // namespace

Result<SessionDescription> parse(std::string_view text) { return Parser().run(text); }

const Attribute* find_attribute(std::span<const Attribute> attributes, std::string_view name) {
  for (const auto& attribute : attributes) {
    if (attribute.name == name) return &attribute;
  }
  return nullptr;
}

}  // namespace portico::sdp
