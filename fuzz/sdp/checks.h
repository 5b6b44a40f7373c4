#pragma once
// What holds for whatever we agree on, and for our offers after it, however strange the peer's description
// is.

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "own.h"
#include "sdp/audio_line.h"
#include "sdp/fields.h"
#include "sdp/negotiation.h"

namespace fuzz {

inline void check_refusal(const Refusal& refusal) {
  require(!refusal.error.what.empty());
  const bool against_the_rules = refusal.error.code == Code::invalid || refusal.error.code == Code::too_large;
  require(against_the_rules || refusal.error.code == Code::unsupported);
  require(refusal.sip_status == (against_the_rules ? 400 : 488));
  require(warning_header(refusal, "portico").find_first_of("\r\n") == std::string::npos);
}

// What an answer and an applied answer have in common.
inline void check_agreed(const Side& side, const AudioLine& remote, const Negotiated& agreed,
                         const Past* past) {
  require(agreed.remote_rtp == remote.rtp);
  require(agreed.remote_rtp.ip.is_v4() == side.local.rtp.ip.is_v4());
  require(agreed.remote_rtcp == (agreed.rtcp_mux ? remote.rtp : remote.rtcp));
  require(!agreed.rtcp_mux || (remote.rtcp_mux && side.local.rtcp_mux));
  require(both(agreed.direction, both(reversed(remote.direction), side.local.direction)) == agreed.direction);
  require(!remote.on_old_hold() || !may_send(agreed.direction));
  require(agreed.ptime >= Millis(10) && agreed.ptime <= Millis(60) && agreed.ptime.count() % 10 == 0);
  require(agreed.srtp || (side.policy.srtp != SrtpMode::required && !remote.secure));
  require(!changes(agreed, agreed).any());
  if (past == nullptr) return;
  auto but_for_our_own = agreed;
  but_for_our_own.local_sdp = past->agreed.local_sdp;
  but_for_our_own.foreign_payload_types = past->agreed.foreign_payload_types;
  require(changes(past->agreed, agreed).any() == (but_for_our_own != past->agreed));
  auto forgotten = past->agreed.foreign_payload_types & ~agreed.foreign_payload_types;
  forgotten.reset(agreed.audio.send_payload_type);
  for (const auto& format : agreed.also_accepted) forgotten.reset(format.send_payload_type);
  for (const auto& event : agreed.telephone_events) forgotten.reset(event.send_payload_type);
  require(forgotten.none());
}

inline void check_answer(const Side& side, std::string_view offer, const Answered& answered,
                         const Past* past) {
  const auto& agreed = answered.negotiated;
  require(agreed.local_sdp == answered.text);
  const auto own = check_own(side, answered.text, past);
  const auto offered = parse(offer);
  require(offered->media.size() == own.session.media.size());
  for (std::size_t i = 0; i < offered->media.size(); ++i) {
    const auto& ours = own.session.media[i];
    const auto& theirs = offered->media[i];
    require(same_name(ours.type, theirs.type) && ours.protocol == theirs.protocol);
    if (i != own.place) require(ours.formats.size() == 1 && ours.formats[0] == trimmed(theirs.formats[0]));
  }
  const auto remote = peers_line(answered.text, offer);
  check_agreed(side, remote, agreed, past);

  // One codec, and digits, under the numbers that the peer gave them.
  for (const auto& format : own.audio.formats) {
    const auto* meant = find_type(remote, format.payload_type);
    require(meant != nullptr && same_meaning(*meant, format));
    if (format.kind == Kind::audio) require(&format == own.audio.formats.data());
  }
  const auto& codec = own.audio.formats.front();
  require(agreed.audio == AudioFormat{codec.codec, codec.payload_type, codec.payload_type});
  require(agreed.also_accepted.empty());
  require(agreed.telephone_events.size() == own.audio.formats.size() - 1);
  for (const auto& event : agreed.telephone_events) {
    require(event.send_payload_type == event.receive_payload_type);
    const auto* written = find_type(own.audio, event.send_payload_type);
    require(written != nullptr && written->clock_rate == event.clock_rate);
  }

  require(own.audio.direction == agreed.direction);
  require(own.audio.rtcp_mux == agreed.rtcp_mux);
  require(!remote.ptime_max || agreed.ptime <= *remote.ptime_max);
  require(own.audio.cryptos.size() == (agreed.srtp ? 1 : 0));
  if (!agreed.srtp) return;
  const auto& crypto = own.audio.cryptos.front();
  require(agreed.srtp->send == crypto.key);
  require(std::ranges::any_of(remote.cryptos, [&](const CryptoLine& line) {
    return line.tag == crypto.tag && line.key == agreed.srtp->receive && line.key.suite == crypto.key.suite;
  }));
}

inline void check_applied(const Side& side, std::string_view our_offer, std::string_view answer,
                          const Negotiated& agreed, const Past* past) {
  require(agreed.local_sdp == our_offer);
  const auto own = read_own(our_offer);
  const auto remote = peers_line(our_offer, answer);
  check_agreed(side, remote, agreed, past);
  require(!agreed.rtcp_mux || own.audio.rtcp_mux);

  const auto check_pair = [&](const PayloadFormat& meant, const auto& format) {
    const auto* ours = find_type(own.audio, format.receive_payload_type);
    require(ours != nullptr && same_meaning(*ours, meant));
    const auto* theirs = find_type(remote, format.send_payload_type);
    // A dynamic number without rtpmap means what it did in our offer.
    require(theirs != nullptr && (same_meaning(*theirs, meant) ||
                                  (!theirs->mapped && find_type(own.audio, format.send_payload_type))));
  };
  const auto check_audio = [&](const AudioFormat& format) {
    check_pair({.kind = Kind::audio, .codec = format.codec}, format);
  };
  check_audio(agreed.audio);
  std::ranges::for_each(agreed.also_accepted, check_audio);
  for (const auto& event : agreed.telephone_events) {
    check_pair({.kind = Kind::telephone_event, .clock_rate = event.clock_rate}, event);
    require(std::ranges::count(agreed.telephone_events, event.clock_rate,
                               &TelephoneEventFormat::clock_rate) == 1);
  }

  if (!agreed.srtp) return require(remote.cryptos.empty());
  require(agreed.srtp->send.suite == agreed.srtp->receive.suite);
  require(std::ranges::any_of(own.audio.cryptos, [&](const CryptoLine& offered) {
    return offered.key == agreed.srtp->send &&
           std::ranges::any_of(remote.cryptos, [&](const CryptoLine& line) {
             return line.tag == offered.tag && line.key == agreed.srtp->receive;
           });
  }));
}

// RFC 3264 section 8.3.2: what was agreed keeps its number, and no number gets another meaning.
inline void check_numbers(const AudioLine& ours, const Past& past) {
  PayloadTypes kept;
  const auto check_kept = [&](const PayloadFormat& meant, std::uint8_t number) {
    kept.set(number);
    for (const auto& format : ours.formats)
      require(same_meaning(format, meant) == (format.payload_type == number));
  };
  const auto check_audio = [&](const AudioFormat& format) {
    check_kept({.kind = Kind::audio, .codec = format.codec}, format.receive_payload_type);
  };
  check_audio(past.agreed.audio);
  std::ranges::for_each(past.agreed.also_accepted, check_audio);
  for (const auto& event : past.agreed.telephone_events)
    check_kept({.kind = Kind::telephone_event, .clock_rate = event.clock_rate}, event.receive_payload_type);

  const auto remote = peers_line(past.agreed.local_sdp, past.peer);
  for (const auto& format : ours.formats) {
    if (kept[format.payload_type]) continue;
    require(!past.agreed.foreign_payload_types[format.payload_type]);
    const auto* theirs = find_type(remote, format.payload_type);
    require(theirs == nullptr || same_meaning(*theirs, format));
  }
}

inline void check_offer(const Side& side, std::string_view offer, const Past* past) {
  const auto own = check_own(side, offer, past);
  require(own.audio.direction == side.local.direction && own.audio.rtcp_mux == side.local.rtcp_mux);
  require(side.policy.srtp == SrtpMode::off || own.audio.cryptos.size() == side.local.keys.size());
  if (past == nullptr) {
    require(own.session.media.size() == 1);
    require(own.audio.secure == (side.policy.srtp == SrtpMode::required));
    return;
  }
  const auto before = read_own(past->agreed.local_sdp);
  require(own.place == before.place && own.session.media.size() == before.session.media.size());
  for (std::size_t i = 0; i < before.session.media.size(); ++i) {
    const auto& now = own.session.media[i];
    const auto& then = before.session.media[i];
    require(now.type == then.type && (i == own.place || (now.protocol == then.protocol && now.port == 0 &&
                                                         now.formats == then.formats)));
  }
  require(own.audio.formats.front().codec == past->agreed.audio.codec);
  check_numbers(own.audio, *past);
}

}  // namespace fuzz
