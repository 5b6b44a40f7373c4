#pragma once
// A session description as its lines say it (RFC 8866), without meaning: negotiation.h gives it one. Every
// string_view points into the text that was parsed; the text must live as long.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/result.h"

namespace portico::sdp {

struct Attribute {
  std::string_view name;
  std::string_view value;  // empty for a flag such as a=rtcp-mux
  unsigned line = 0;       // 1 is the first line of the text
};

struct Connection {
  std::string_view host;        // as written
  std::optional<IpAddress> ip;  // nothing when `host` is a name
};

struct Origin {
  std::string_view username = "-";
  std::string_view session_id = "0";
  std::string_view version = "0";
  Connection address;
};

struct MediaDescription {
  std::string_view type;      // "audio"
  std::uint16_t port = 0;     // 0: refused or switched off
  std::string_view protocol;  // "RTP/AVP"
  std::vector<std::string_view> formats;
  std::optional<Connection> connection;  // its own c= line
  std::vector<Attribute> attributes;
  unsigned line = 0;
};

struct SessionDescription {
  Origin origin;
  std::string_view name = "-";
  std::optional<Connection> connection;
  std::vector<Attribute> attributes;  // those before the first m-line
  std::vector<MediaDescription> media;
};

// Takes what real user agents send: LF for CRLF, blank lines, spaces at a line's end, no s= or t=, lines in
// another order, unknown lines (skipped). Errors: Code::invalid "line 3: …"; Code::too_large over
// limits::kSdp*.
Result<SessionDescription> parse(std::string_view text);

// CRLF lines in the order of RFC 8866 section 5.
std::string write(const SessionDescription& description);

// The first attribute of that name, or nullptr.
const Attribute* find_attribute(std::span<const Attribute> attributes, std::string_view name);

}  // namespace portico::sdp
