#include "sdp/own_description.h"

#include "sdp/crypto.h"
#include "sdp/fields.h"
#include "sdp/payload_format.h"
#include "sdp/session_description.h"

namespace portico::sdp {
namespace {

std::string address_of(const IpAddress& ip) { return (ip.is_v4() ? "IN IP4 " : "IN IP6 ") + ip.to_string(); }

void add(std::string& out, std::string_view name, std::string_view value = {}) {
  out.append("a=").append(name).append(value.empty() ? "" : ":").append(value).append("\r\n");
}

void add_formats(std::string& out, const std::vector<OwnFormat>& formats) {
  for (const auto& format : formats) {
    const auto type = std::to_string(format.payload_type) + " ";
    if (!format.rtpmap.empty()) add(out, "rtpmap", type + format.rtpmap);
    if (!format.parameters.empty()) add(out, "fmtp", type + format.parameters);
  }
}

void add_rtcp(std::string& out, const OwnAudio& audio) {
  if (audio.rtcp_mux) add(out, "rtcp-mux");
  const bool beside = audio.rtcp.ip == audio.rtp.ip && audio.rtcp.port == audio.rtp.port + 1;
  if (beside || audio.rtcp.port == 0 || audio.rtcp == audio.rtp) return;
  auto value = std::to_string(audio.rtcp.port);
  if (audio.rtcp.ip != audio.rtp.ip) value += " " + address_of(audio.rtcp.ip);
  add(out, "rtcp", value);
}

void add_audio(std::string& out, const OwnAudio& audio) {
  out += "m=audio " + std::to_string(audio.rtp.port) + " " + audio.protocol;
  for (const auto& format : audio.formats) out += " " + std::to_string(format.payload_type);
  out += "\r\n";
  add_formats(out, audio.formats);
  if (audio.ptime) add(out, "ptime", std::to_string(audio.ptime->count()));
  if (audio.direction) add(out, direction_name(*audio.direction));
  add_rtcp(out, audio);
  for (const auto& crypto : audio.cryptos) add(out, "crypto", write_crypto(crypto.tag, crypto.key));
}

}  // namespace

OwnSession read_own_session(std::string_view local_sdp) {
  OwnSession session;
  const auto described = parse(local_sdp);
  if (!described) return session;
  session.id = to_number<std::uint64_t>(described->origin.session_id).value_or(1);
  session.version = to_number<std::uint64_t>(described->origin.version).value_or(1);
  session.origin = described->origin.address.ip.value_or(IpAddress{});
  for (const auto& media : described->media) {
    session.slots.push_back({.ours = media.port != 0,
                             .type = std::string(media.type),
                             .protocol = std::string(media.protocol),
                             .format = std::string(media.formats.front())});
  }
  return session;
}

std::string write_own(const OwnSession& session, const OwnAudio& audio) {
  std::string out = "v=0\r\no=- " + std::to_string(session.id) + " " + std::to_string(session.version) + " " +
                    address_of(session.origin) + "\r\ns=-\r\nc=" + address_of(audio.rtp.ip) + "\r\nt=0 0\r\n";
  for (const auto& slot : session.slots) {
    if (slot.ours) {
      add_audio(out, audio);
    } else {
      out += "m=" + slot.type + " 0 " + slot.protocol + " " + slot.format + "\r\n";
    }
  }
  return out;
}

std::string write_next(OwnSession session, const OwnAudio& audio, std::string_view previous) {
  auto text = write_own(session, audio);
  if (text == previous) return text;
  ++session.version;
  return write_own(session, audio);
}

OwnFormat own_codec(Codec codec, std::uint8_t payload_type, bool with_rtpmap) {
  OwnFormat format{.payload_type = payload_type};
  if (with_rtpmap) format.rtpmap = rtpmap_of(codec);
  if (codec == Codec::opus) format.parameters = "useinbandfec=1";
  return format;
}

OwnFormat own_telephone_event(std::uint32_t clock_rate, std::uint8_t payload_type) {
  return {.payload_type = payload_type, .rtpmap = telephone_event_rtpmap(clock_rate), .parameters = "0-16"};
}

}  // namespace portico::sdp
