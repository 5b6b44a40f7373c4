#include <algorithm>

#include "sdp/negotiation.h"
#include "sdp/own_description.h"
#include "sdp/payload_format.h"
#include "sdp/preference.h"

namespace portico::sdp {
namespace {

// Hands out dynamic payload types. A number keeps its meaning for a session's life (RFC 3264 section 8.3.2).
class Numbers {
 public:
  explicit Numbers(const Negotiated* previous) : previous_(previous) {
    if (previous == nullptr) return;
    taken_ = previous->foreign_payload_types;
    take(previous->audio.receive_payload_type);
    for (const auto& format : previous->also_accepted) take(format.receive_payload_type);
    for (const auto& format : previous->telephone_events) take(format.receive_payload_type);
  }

  std::uint8_t of(Codec codec) {
    if (previous_ != nullptr) {
      if (previous_->audio.codec == codec) return previous_->audio.receive_payload_type;
      for (const auto& format : previous_->also_accepted) {
        if (format.codec == codec) return format.receive_payload_type;
      }
    }
    const auto fixed = static_payload_type(codec);
    return fixed ? *fixed : free_number(111);
  }

  std::uint8_t of_telephone_event(std::uint32_t clock_rate) {
    if (previous_ != nullptr) {
      for (const auto& format : previous_->telephone_events) {
        if (format.clock_rate == clock_rate) return format.receive_payload_type;
      }
    }
    return free_number(clock_rate == 8'000 ? 101 : 110);
  }

 private:
  void take(std::uint8_t type) {
    if (type >= kDynamicFirst) taken_ |= 1U << (type - kDynamicFirst);
  }
  std::uint8_t free_number(std::uint8_t wanted) {
    auto type = wanted;
    for (unsigned i = kDynamicFirst; is_taken(type) && i <= kDynamicLast; ++i)
      type = static_cast<std::uint8_t>(i);
    take(type);
    return type;
  }
  bool is_taken(std::uint8_t type) const { return (taken_ >> (type - kDynamicFirst) & 1U) != 0; }

  const Negotiated* previous_;
  std::uint32_t taken_ = 0;
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
    formats.push_back(own_codec(codec, numbers.of(codec), true));
    const auto rate = rtp_clock_rate(codec);
    if (std::find(clock_rates.begin(), clock_rates.end(), rate) == clock_rates.end())
      clock_rates.push_back(rate);
  }
  if (!local.telephone_event) return formats;
  for (const auto rate : clock_rates)
    formats.push_back(own_telephone_event(rate, numbers.of_telephone_event(rate)));
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
