#include <algorithm>

#include "sdp/agreement.h"
#include "sdp/own_description.h"

namespace portico::sdp {
namespace {

// One offered m-line that we can serve, and how.
struct Match {
  AudioLine line;
  PayloadFormat codec;
  std::vector<PayloadFormat> telephone_events;
  std::optional<OwnCrypto> crypto;  // ours, under the offerer's tag
  std::optional<SrtpKey> remote_key;
};

std::string codec_names(const std::vector<Codec>& codecs) {
  std::string names;
  for (const auto codec : codecs) names += (names.empty() ? "" : ", ") + std::string(codec_name(codec));
  return names;
}

constexpr auto kShortestPacket = Millis(20);
constexpr std::uint32_t kOpusBitsPerSecond = 24'000;  // as audio/codec_opus.cc sends

// Opus at fewer bits than we send.
bool asks_for_less(const PayloadFormat& format) {
  if (format.codec != Codec::opus) return false;
  const auto most = read_opus_parameters(format.parameters).bitrate_max;
  return most != 0 && most < kOpusBitsPerSecond;
}

// The offerer's order wins.
const PayloadFormat* choose_codec(const AudioLine& line, const std::vector<Codec>& allowed) {
  const PayloadFormat* rather_than_none = nullptr;
  for (const auto& format : line.formats) {
    if (format.kind != PayloadFormat::Kind::audio ||
        std::find(allowed.begin(), allowed.end(), format.codec) == allowed.end()) {
      continue;
    }
    if (!asks_for_less(format)) return &format;
    if (rather_than_none == nullptr) rather_than_none = &format;
  }
  return rather_than_none;
}

// One for each clock rate offered: which of them a phone sends with is its own affair.
std::vector<PayloadFormat> choose_telephone_events(const AudioLine& line) {
  std::vector<PayloadFormat> chosen;
  for (const auto& format : line.formats) {
    if (format.kind != PayloadFormat::Kind::telephone_event) continue;
    const bool known = std::any_of(chosen.begin(), chosen.end(),
                                   [&](const auto& one) { return one.clock_rate == format.clock_rate; });
    if (!known) chosen.push_back(format);
  }
  return chosen;
}

Outcome<void> choose_crypto(const LocalMedia& local, const Policy& policy, Match& match) {
  for (const auto& crypto : match.line.cryptos) {
    if (policy.srtp == SrtpMode::off) break;
    const auto key = std::find_if(local.keys.begin(), local.keys.end(),
                                  [&](const SrtpKey& k) { return k.suite == crypto.key.suite; });
    if (key == local.keys.end()) continue;
    match.crypto = OwnCrypto{.tag = crypto.tag, .key = *key};
    match.remote_key = crypto.key;
    return {};
  }
  if (match.line.secure) return refuse(Warn::attribute_not_understood, "no usable a=crypto line for SRTP");
  if (policy.srtp == SrtpMode::required) return refuse(Warn::incompatible_transport, "SRTP is required here");
  return {};
}

Outcome<Match> match_line(const SessionDescription& offer, const MediaDescription& media,
                          const LocalMedia& local, const Policy& policy) {
  auto line = read_audio_line(offer, media);
  if (!line) return Refused(line.error());
  if (auto reachable = check_reachable(*line, local.rtp.ip); !reachable) return Refused(reachable.error());
  if (line->ptime_max && *line->ptime_max < kShortestPacket) {
    return refuse(Warn::incompatible_format, "packets are 20 ms and longer here");
  }
  Match match{.line = std::move(*line)};
  const auto* codec = choose_codec(match.line, local.codecs);
  if (codec == nullptr) {
    return refuse(Warn::incompatible_format, "no codec in common; spoken here: " + codec_names(local.codecs));
  }
  match.codec = *codec;
  if (local.telephone_event) match.telephone_events = choose_telephone_events(match.line);
  if (auto chosen = choose_crypto(local, policy, match); !chosen) return Refused(chosen.error());
  return match;
}

OwnAudio answered_audio(const Match& match, const LocalMedia& local, const Negotiated& agreed) {
  OwnAudio audio{.protocol = std::string(match.line.protocol), .rtp = local.rtp, .rtcp = local.rtcp};
  audio.formats.push_back(own_codec(match.codec.codec, match.codec.payload_type, match.codec.mapped));
  for (const auto& event : match.telephone_events) {
    audio.formats.push_back(own_telephone_event(event.clock_rate, event.payload_type));
  }
  if (match.line.ptime) audio.ptime = agreed.ptime;
  if (match.line.direction_written || agreed.direction != Direction::send_receive)
    audio.direction = agreed.direction;
  audio.rtcp_mux = agreed.rtcp_mux;
  if (agreed.rtcp_mux) audio.rtcp = audio.rtp;
  if (match.crypto) audio.cryptos.push_back(*match.crypto);
  return audio;
}

Negotiated agreed_with(const Match& match, const LocalMedia& local, const Negotiated* previous) {
  auto agreed = agreed_transport(match.line, local.direction, match.line.rtcp_mux && local.rtcp_mux);
  const auto type = match.codec.payload_type;
  agreed.audio = {.codec = match.codec.codec, .send_payload_type = type, .receive_payload_type = type};
  if (match.codec.codec == Codec::opus) agreed.opus = read_opus_parameters(match.codec.parameters);
  for (const auto& event : match.telephone_events) {
    agreed.telephone_events.push_back({.clock_rate = event.clock_rate,
                                       .send_payload_type = event.payload_type,
                                       .receive_payload_type = event.payload_type});
  }
  put_best_clock_first(agreed.telephone_events, agreed.audio.codec);
  if (match.crypto) agreed.srtp = SrtpKeyPair{.send = match.crypto->key, .receive = *match.remote_key};
  agreed.foreign_payload_types = foreign_payload_types(match.line, agreed, previous);
  return agreed;
}

// Every offered m-line in its place; the one at `chosen` is ours.
std::vector<Slot> answered_slots(const SessionDescription& offer, std::size_t chosen) {
  std::vector<Slot> slots;
  slots.reserve(offer.media.size());
  for (const auto& media : offer.media) {
    slots.push_back({.ours = slots.size() == chosen,
                     .type = std::string(media.type),
                     .protocol = std::string(media.protocol),
                     .format = std::string(media.formats.front())});
  }
  return slots;
}

std::string answer_text(const Match& match, std::vector<Slot> slots, const LocalMedia& local,
                        const Negotiated& agreed, const Negotiated* previous) {
  const auto audio = answered_audio(match, local, agreed);
  if (previous == nullptr) {
    return write_own(
        {.id = local.session_id & 0x7FFF'FFFF'FFFF'FFFFU, .origin = local.rtp.ip, .slots = std::move(slots)},
        audio);
  }
  auto session = read_own_session(previous->local_sdp);
  session.slots = std::move(slots);
  return write_next(std::move(session), audio, previous->local_sdp);
}

}  // namespace

Outcome<Answered> make_answer(std::string_view offer, const LocalMedia& local, const Policy& policy,
                              const Negotiated* previous) {
  const auto described = parse(offer);
  if (!described) return refuse(described.error());
  std::optional<Refusal> why;
  for (std::size_t i = 0; i < described->media.size(); ++i) {
    const auto match = match_line(*described, described->media[i], local, policy);
    if (!match) {
      // Of several refusals the one about audio tells more than the one about video.
      if (!why || why->warn == Warn::media_type_not_available) why = match.error();
      continue;
    }
    Answered answered{.negotiated = agreed_with(*match, local, previous)};
    answered.text = answer_text(*match, answered_slots(*described, i), local, answered.negotiated, previous);
    answered.negotiated.local_sdp = answered.text;
    return answered;
  }
  if (why) return Refused(*why);
  return refuse(Warn::media_type_not_available, "no audio stream is offered");
}

}  // namespace portico::sdp
