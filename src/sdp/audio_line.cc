#include "sdp/audio_line.h"

#include <algorithm>

#include "sdp/fields.h"

namespace portico::sdp {
namespace {

struct Protocol {
  std::string_view name;
  bool secure;
};
constexpr Protocol kProtocols[] = {
    {"RTP/AVP", false}, {"RTP/AVPF", false}, {"RTP/SAVP", true}, {"RTP/SAVPF", true}};

constexpr Direction kDirections[] = {Direction::inactive, Direction::send_only, Direction::receive_only,
                                     Direction::send_receive};

void take_directions(std::span<const Attribute> attributes, AudioLine& line) {
  for (const auto& attribute : attributes) {
    for (const auto direction : kDirections) {
      if (attribute.name != direction_name(direction)) continue;
      line.direction = direction;
      line.direction_written = true;
    }
  }
}

std::optional<Millis> to_millis(std::string_view text) {
  const auto value = to_number<unsigned>(take_until(text, '.'));  // "20.0" exists
  if (!value || *value == 0 || *value > 10'000) return std::nullopt;
  return Millis(*value);
}

// a=rtcp:53020 [IN IP4 126.16.64.4] (RFC 3605)
void take_rtcp_address(std::string_view value, AudioLine& line) {
  const auto port = to_number<std::uint16_t>(take_field(value));
  if (!port) return;
  line.rtcp.port = *port;
  (void)take_field(value);
  (void)take_field(value);
  if (const auto ip = parse_ip(take_field(value))) line.rtcp.ip = *ip;
}

void take_attributes(std::span<const Attribute> attributes, AudioLine& line) {
  for (const auto& attribute : attributes) {
    if (attribute.name == "rtcp-mux") {
      line.rtcp_mux = true;
    } else if (attribute.name == "rtcp") {
      take_rtcp_address(attribute.value, line);
    } else if (attribute.name == "ptime") {
      line.ptime = to_millis(attribute.value);
    } else if (attribute.name == "maxptime") {
      line.ptime_max = to_millis(attribute.value);
    } else if (attribute.name == "crypto") {
      if (auto crypto = read_crypto(attribute.value)) line.cryptos.push_back(std::move(*crypto));
    }
  }
}

}  // namespace

Outcome<AudioLine> read_audio_line(const SessionDescription& session, const MediaDescription& media) {
  if (!same_name(media.type, "audio") || media.port == 0) {
    return refuse(Warn::media_type_not_available, "no audio stream is offered");
  }
  const auto* protocol = std::find_if(std::begin(kProtocols), std::end(kProtocols),
                                      [&](const Protocol& p) { return same_name(p.name, media.protocol); });
  if (protocol == std::end(kProtocols)) {
    return refuse(Warn::incompatible_transport,
                  "transport " + std::string(media.protocol) + " is not supported");
  }
  const auto& connection = media.connection ? media.connection : session.connection;
  if (!connection) {
    return refuse(Error{Code::invalid, "line " + std::to_string(media.line) + ": no c= for this m="});
  }
  if (!connection->ip)
    return refuse(Warn::incompatible_address, "the connection address must be an IP address");

  AudioLine line{.protocol = media.protocol, .secure = protocol->secure};
  line.rtp = {.ip = *connection->ip, .port = media.port};
  line.rtcp = {.ip = line.rtp.ip,
               .port = static_cast<std::uint16_t>(media.port == 65'535 ? 0 : media.port + 1)};
  take_directions(session.attributes, line);
  take_directions(media.attributes, line);
  take_attributes(media.attributes, line);
  line.formats = read_formats(media);
  return line;
}

Outcome<void> check_reachable(const AudioLine& remote, const IpAddress& ours) {
  if (remote.rtp.ip.is_v4() == ours.is_v4()) return {};
  return refuse(Warn::incompatible_address,
                ours.is_v4() ? "audio goes by IPv4 here" : "audio goes by IPv6 here");
}

Millis send_ptime(const AudioLine& line) {
  auto wanted = line.ptime.value_or(Millis(20));
  if (line.ptime_max) wanted = std::min(wanted, *line.ptime_max);
  return Millis(std::clamp<std::int64_t>(wanted.count() / 10 * 10, 10, 60));
}

}  // namespace portico::sdp
