#include "sdp/payload_format.h"

#include <array>

#include "sdp/fields.h"

namespace portico::sdp {
namespace {

using Kind = PayloadFormat::Kind;
constexpr std::string_view kTelephoneEvent = "telephone-event";
// Hz; what lies beyond is no clock that audio runs by.
constexpr std::uint32_t kEventClockMin = 8'000;
constexpr std::uint32_t kEventClockMax = 192'000;

// The values of rtpmap and fmtp by payload type; the first line about a type counts.
struct Lines {
  std::array<std::string_view, kPayloadTypes> rtpmap{};
  std::array<std::string_view, kPayloadTypes> fmtp{};
};

Lines collect(const MediaDescription& media) {
  Lines lines;
  for (const auto& attribute : media.attributes) {
    const bool rtpmap = attribute.name == "rtpmap";
    if (!rtpmap && attribute.name != "fmtp") continue;
    auto value = attribute.value;
    const auto type = to_number<std::uint8_t>(take_field(value));
    if (!type || *type >= kPayloadTypes) continue;
    auto& line = (rtpmap ? lines.rtpmap : lines.fmtp)[*type];
    if (line.empty()) line = trimmed(value);
  }
  return lines;
}

void set_static(PayloadFormat& format) {
  for (const auto codec : {Codec::pcmu, Codec::pcma, Codec::g722}) {
    if (static_payload_type(codec) == format.payload_type) {
      format.kind = Kind::audio;
      format.codec = codec;
    }
  }
}

bool rate_fits(Codec codec, std::uint32_t rate, std::string_view channels) {
  if (codec == Codec::opus) return rate == 48'000 && (channels.empty() || channels == "1" || channels == "2");
  if (!channels.empty() && channels != "1") return false;
  return rate == 8'000 ||
         (codec == Codec::g722 && rate == 16'000);  // the true rate of G.722, written by mistake
}

void set_mapped(PayloadFormat& format, std::string_view rtpmap) {
  format.mapped = true;
  const auto name = trimmed(take_until(rtpmap, '/'));
  const auto rate = to_number<std::uint32_t>(take_until(rtpmap, '/'));
  if (!rate) return;
  if (same_name(name, kTelephoneEvent) && *rate >= kEventClockMin && *rate <= kEventClockMax) {
    format.kind = Kind::telephone_event;
    format.clock_rate = *rate;
    return;
  }
  for (const auto codec : {Codec::pcmu, Codec::pcma, Codec::g722, Codec::opus}) {
    if (!same_name(name, codec_name(codec)) || !rate_fits(codec, *rate, rtpmap)) continue;
    format.kind = Kind::audio;
    format.codec = codec;
    format.clock_rate = rtp_clock_rate(codec);
  }
}

}  // namespace

std::vector<PayloadFormat> read_formats(const MediaDescription& media) {
  const auto lines = collect(media);
  std::vector<PayloadFormat> out;
  out.reserve(media.formats.size());
  PayloadTypes seen;
  for (const auto text : media.formats) {
    const auto type = to_number<std::uint8_t>(text);
    if (!type || *type >= kPayloadTypes || seen[*type]) continue;
    seen.set(*type);
    PayloadFormat format{.payload_type = *type, .parameters = lines.fmtp[*type]};
    if (lines.rtpmap[*type].empty()) {
      set_static(format);
    } else {
      set_mapped(format, lines.rtpmap[*type]);
    }
    out.push_back(format);
  }
  return out;
}

OpusParameters read_opus_parameters(std::string_view parameters) {
  OpusParameters out;
  while (!parameters.empty()) {
    auto value = take_until(parameters, ';');
    const auto name = trimmed(take_until(value, '='));
    if (same_name(name, "useinbandfec")) out.inband_fec = trimmed(value) == "1";
    if (same_name(name, "maxaveragebitrate"))
      out.bitrate_max = to_number<std::uint32_t>(trimmed(value)).value_or(0);
  }
  return out;
}

std::string rtpmap_of(Codec codec) {
  const auto out = std::string(codec_name(codec)) + "/" + std::to_string(rtp_clock_rate(codec));
  return codec == Codec::opus ? out + "/2" : out;
}

std::string telephone_event_rtpmap(std::uint32_t clock_rate) {
  return std::string(kTelephoneEvent) + "/" + std::to_string(clock_rate);
}

std::optional<std::uint8_t> static_payload_type(Codec codec) {
  switch (codec) {
    case Codec::pcmu:
      return 0;
    case Codec::pcma:
      return 8;
    case Codec::g722:
      return 9;
    case Codec::opus:
      break;
  }
  return std::nullopt;
}

}  // namespace portico::sdp
