#include <algorithm>
#include <optional>

#include "sdp/negotiation.h"
#include "sdp/own_description.h"
#include "sdp/payload_format.h"
#include "sdp/preference.h"

namespace portico::sdp {
namespace {

// Hands out payload types, none of them twice. A number keeps its meaning for a session's life (RFC 3264
// section 8.3.2).
class Numbers {
 public:
  explicit Numbers(const Negotiated* previous) : previous_(previous) {
    if (previous == nullptr) return;
    taken_ = previous->foreign_payload_types;
    keep(previous->audio);
    for (const auto& format : previous->also_accepted) keep(format);
    for (const auto& format : previous->telephone_events) keep(format);
  }

  // Nothing where the codec's number stands for something else.
  std::optional<std::uint8_t> of(Codec codec) {
    if (previous_ != nullptr) {
      if (previous_->audio.codec == codec) return previous_->audio.receive_payload_type;
      for (const auto& format : previous_->also_accepted) {
        if (format.codec == codec) return format.receive_payload_type;
      }
    }
    const auto fixed = static_payload_type(codec);
    return fixed ? take(*fixed) : take_dynamic(111);
  }

  std::optional<std::uint8_t> of_telephone_event(std::uint32_t clock_rate) {
    if (previous_ != nullptr) {
      for (const auto& format : previous_->telephone_events) {
        if (format.clock_rate == clock_rate) return format.receive_payload_type;
      }
    }
    return take_dynamic(clock_rate == 8'000 ? 101 : 110);
  }

 private:
  template <typename Format>
  void keep(const Format& agreed) {
    taken_.set(agreed.send_payload_type);
    taken_.set(agreed.receive_payload_type);
  }
  std::optional<std::uint8_t> take(std::uint8_t type) {
    if (taken_[type]) return std::nullopt;
    taken_.set(type);
    return type;
  }
  // `wanted`, or else the first one that is free.
  std::optional<std::uint8_t> take_dynamic(std::uint8_t wanted) {
    auto taken = take(wanted);
    for (auto type = kDynamicFirst; !taken && type < kPayloadTypes; ++type) taken = take(type);
    return taken;
  }

  const Negotiated* previous_;
  PayloadTypes taken_;
};

// What is spoken now comes first, so that a re-offer changes no more than it must.
std::vector<Codec> codecs_in_order(const LocalMedia& local, const Negotiated* previous) {
  auto codecs = local.codecs;
  if (previous != nullptr) {
    prefer(codecs, [&](Codec codec) { return codec == previous->audio.codec; });
  }
  return codecs;
}

std::vector<OwnFormat> offered_formats(const LocalMedia& local, const Negotiated* previous) {
  Numbers numbers(previous);
  std::vector<OwnFormat> formats;
  std::vector<std::uint32_t> clock_rates;
  for (const auto codec : codecs_in_order(local, previous)) {
    const auto number = numbers.of(codec);
    if (!number) continue;
    formats.push_back(own_codec(codec, *number, true));
    const auto rate = rtp_clock_rate(codec);
    if (std::find(clock_rates.begin(), clock_rates.end(), rate) == clock_rates.end())
      clock_rates.push_back(rate);
  }
  if (!local.telephone_event) return formats;
  for (const auto rate : clock_rates) {
    if (const auto number = numbers.of_telephone_event(rate))
      formats.push_back(own_telephone_event(rate, *number));
  }
  return formats;
}

std::vector<OwnCrypto> offered_cryptos(const LocalMedia& local, const Policy& policy,
                                       const Negotiated* previous) {
  std::vector<OwnCrypto> cryptos;
  if (policy.srtp == SrtpMode::off) return cryptos;
  auto keys = local.keys;
  if (previous != nullptr && previous->srtp) {
    prefer(keys, [&](const SrtpKey& key) { return key.suite == previous->srtp->send.suite; });
  }
  for (auto& key : keys) {
    const auto tag = static_cast<std::uint32_t>(cryptos.size() + 1);
    cryptos.push_back({.tag = tag, .key = std::move(key)});
  }
  return cryptos;
}

// The protocol of a session stays, unless it no longer fits what is to be offered.
std::string offered_protocol(const OwnSession& session, const Policy& policy, const Negotiated* previous,
                             bool secure) {
  const bool must_be_secure = secure && policy.srtp == SrtpMode::required;
  const auto ours =
      std::find_if(session.slots.begin(), session.slots.end(), [](const Slot& s) { return s.ours; });
  if (previous != nullptr && ours != session.slots.end() && !ours->protocol.empty() &&
      (previous->srtp ? secure : !must_be_secure)) {
    return ours->protocol;
  }
  return must_be_secure ? "RTP/SAVP" : "RTP/AVP";
}

}  // namespace

std::string make_offer(const LocalMedia& local, const Policy& policy, const Negotiated* previous) {
  OwnSession session{
      .id = local.session_id & 0x7FFF'FFFF'FFFF'FFFFU, .origin = local.rtp.ip, .slots = {Slot{.ours = true}}};
  if (previous != nullptr) session = read_own_session(previous->local_sdp);

  OwnAudio audio{.rtp = local.rtp, .rtcp = local.rtcp, .formats = offered_formats(local, previous)};
  audio.cryptos = offered_cryptos(local, policy, previous);
  audio.protocol = offered_protocol(session, policy, previous, !audio.cryptos.empty());
  audio.ptime = local.ptime;
  audio.direction = local.direction;
  audio.rtcp_mux = local.rtcp_mux;
  return previous == nullptr ? write_own(session, audio) : write_next(session, audio, previous->local_sdp);
}

}  // namespace portico::sdp
