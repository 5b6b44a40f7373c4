#include <algorithm>

#include "sdp/agreement.h"

namespace portico::sdp {
namespace {

const PayloadFormat* find_type(const AudioLine& line, std::uint8_t payload_type) {
  for (const auto& format : line.formats) {
    if (format.payload_type == payload_type) return &format;
  }
  return nullptr;
}

// Some answerers echo a dynamic number without its rtpmap: it then means what it meant in our offer.
PayloadFormat resolved(const PayloadFormat& answered, const AudioLine& ours) {
  if (answered.kind != PayloadFormat::Kind::other || answered.mapped) return answered;
  const auto* offered = find_type(ours, answered.payload_type);
  if (offered == nullptr) return answered;
  auto format = *offered;
  format.parameters = answered.parameters;
  return format;
}

const PayloadFormat* offered_like(const PayloadFormat& answered, const AudioLine& ours) {
  for (const auto& format : ours.formats) {
    if (format.kind != answered.kind || format.kind == PayloadFormat::Kind::other) continue;
    if (format.kind == PayloadFormat::Kind::audio ? format.codec == answered.codec
                                                  : format.clock_rate == answered.clock_rate) {
      return &format;
    }
  }
  return nullptr;
}

// Fills in codecs and telephone-events. False when no codec of ours was taken.
bool agree_formats(const AudioLine& ours, const AudioLine& remote, Negotiated& agreed) {
  bool any = false;
  for (const auto& written : remote.formats) {
    const auto answered = resolved(written, ours);
    const auto* offered = offered_like(answered, ours);
    if (offered == nullptr) continue;
    const auto send = answered.payload_type;
    const auto receive = offered->payload_type;
    if (answered.kind == PayloadFormat::Kind::telephone_event) {
      const bool known = std::any_of(agreed.telephone_events.begin(), agreed.telephone_events.end(),
                                     [&](const auto& e) { return e.clock_rate == answered.clock_rate; });
      if (known) continue;
      agreed.telephone_events.push_back(
          {.clock_rate = answered.clock_rate, .send_payload_type = send, .receive_payload_type = receive});
      continue;
    }
    const AudioFormat format{
        .codec = answered.codec, .send_payload_type = send, .receive_payload_type = receive};
    if (any) {
      agreed.also_accepted.push_back(format);
    } else {
      agreed.audio = format;
      any = true;
    }
    if (answered.codec == Codec::opus) agreed.opus = read_opus_parameters(answered.parameters);
  }
  if (any) put_best_clock_first(agreed.telephone_events, agreed.audio.codec);
  return any;
}

Outcome<void> agree_keys(const AudioLine& ours, const AudioLine& remote, const Policy& policy,
                         Negotiated& agreed) {
  for (const auto& answered : remote.cryptos) {
    const auto offered = std::find_if(ours.cryptos.begin(), ours.cryptos.end(), [&](const CryptoLine& line) {
      return line.tag == answered.tag && line.key.suite == answered.key.suite;
    });
    if (offered == ours.cryptos.end()) continue;
    agreed.srtp = SrtpKeyPair{.send = offered->key, .receive = answered.key};
    return {};
  }
  if (!remote.cryptos.empty()) {
    return refuse(Warn::attribute_not_understood, "the answer takes an a=crypto line that was not offered");
  }
  if (ours.secure || remote.secure || policy.srtp == SrtpMode::required) {
    return refuse(Warn::incompatible_transport,
                  "the answer has no usable a=crypto line and SRTP is required");
  }
  return {};
}

std::optional<std::size_t> our_place(const SessionDescription& offer) {
  for (std::size_t i = 0; i < offer.media.size(); ++i) {
    if (offer.media[i].port != 0) return i;
  }
  return std::nullopt;
}

}  // namespace

Outcome<Negotiated> apply_answer(std::string_view our_offer, std::string_view answer, const Policy& policy,
                                 const Negotiated* previous) {
  const auto offered = parse(our_offer);
  if (!offered) return Refused(Refusal{.error = {Code::internal, "our own offer: " + offered.error().what}});
  const auto answered = parse(answer);
  if (!answered) return refuse(answered.error());
  const auto place = our_place(*offered);
  if (!place || *place >= answered->media.size()) {
    return refuse(Error{Code::invalid, "the answer has no line for the audio stream"});
  }
  const auto ours = read_audio_line(*offered, offered->media[*place]);
  if (!ours) return Refused(ours.error());
  if (answered->media[*place].port == 0)
    return refuse(Warn::media_type_not_available, "the answer refuses audio");
  const auto remote = read_audio_line(*answered, answered->media[*place]);
  if (!remote) return Refused(remote.error());
  if (auto reachable = check_reachable(*remote, ours->rtp.ip); !reachable) return Refused(reachable.error());

  auto agreed = agreed_transport(*remote, ours->direction, ours->rtcp_mux && remote->rtcp_mux);
  if (!agree_formats(*ours, *remote, agreed)) {
    return refuse(Warn::incompatible_format, "the answer takes none of the codecs offered");
  }
  if (auto keys = agree_keys(*ours, *remote, policy, agreed); !keys) return Refused(keys.error());
  agreed.foreign_payload_types = foreign_payload_types(*remote, agreed, previous);
  agreed.local_sdp = our_offer;
  return agreed;
}

}  // namespace portico::sdp
