#pragma once
// What holds for every description that we write, by itself and within its session.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "sdp/audio_line.h"
#include "sdp/negotiation.h"
#include "sdp/own_description.h"

namespace fuzz {

using namespace portico;
using namespace portico::sdp;
using Kind = PayloadFormat::Kind;

inline void require(bool holds) {
  if (!holds) std::abort();
}

// Our end.
struct Side {
  LocalMedia local;
  Policy policy;
};

// What was agreed, and the peer's description that led to it.
struct Past {
  Negotiated agreed;
  std::string_view peer;
};

// A description of ours. The text must live as long.
struct Own {
  SessionDescription session;
  std::size_t place = 0;  // of the one m-line that is not refused
  AudioLine audio;
};

inline const PayloadFormat* find_type(const AudioLine& line, std::uint8_t type) {
  const auto found = std::ranges::find(line.formats, type, &PayloadFormat::payload_type);
  return found == line.formats.end() ? nullptr : &*found;
}

inline bool same_meaning(const PayloadFormat& a, const PayloadFormat& b) {
  return a.kind == b.kind &&
         (a.kind == Kind::audio ? a.codec == b.codec : a.kind == Kind::other || a.clock_rate == b.clock_rate);
}

inline Own read_own(std::string_view text) {
  const auto session = parse(text);
  require(session.has_value());
  const auto is_open = [](const MediaDescription& media) { return media.port != 0; };
  require(std::ranges::count_if(session->media, is_open) == 1);
  const auto open = std::ranges::find_if(session->media, is_open);
  const auto audio = read_audio_line(*session, *open);
  require(audio.has_value());
  // RFC 8866 section 5.14: payload types, and none of them twice; the reader would have dropped it.
  require(audio->formats.size() == open->formats.size());
  const auto keys = std::ranges::count(open->attributes, "crypto", &Attribute::name);
  require(audio->cryptos.size() == static_cast<std::size_t>(keys));
  return {
      .session = *session, .place = static_cast<std::size_t>(open - session->media.begin()), .audio = *audio};
}

// The line of the peer's that `local_sdp` speaks with.
inline AudioLine peers_line(std::string_view local_sdp, std::string_view peer) {
  const auto session = parse(peer);
  require(session.has_value());
  const auto line = read_audio_line(*session, session->media.at(read_own(local_sdp).place));
  require(line.has_value());
  return *line;
}

inline void check_formats(const Side& side, const AudioLine& ours) {
  require(!ours.formats.empty() && ours.formats.front().kind == Kind::audio);
  for (const auto& format : ours.formats) {
    require(format.kind == Kind::audio ? std::ranges::count(side.local.codecs, format.codec) == 1
                                       : format.kind == Kind::telephone_event && side.local.telephone_event);
    require(std::ranges::count_if(ours.formats,
                                  [&](const auto& other) { return same_meaning(format, other); }) == 1);
  }
}

inline void check_own_keys(const Side& side, const AudioLine& ours) {
  require(side.policy.srtp != SrtpMode::off || ours.cryptos.empty());
  require(!ours.secure || !ours.cryptos.empty());
  for (const auto& line : ours.cryptos) {
    require(std::ranges::count(side.local.keys, line.key) == 1);
    require(std::ranges::count(ours.cryptos, line.tag, &CryptoLine::tag) == 1);
  }
}

// RFC 3264 section 8: the session stays, its version grows by one with each change, no m-line goes away.
inline void check_session(const Side& side, std::string_view text, const Past* past) {
  const auto session = read_own_session(text);
  require(session.id == (side.local.session_id & 0x7FFF'FFFF'FFFF'FFFFU));
  require(session.origin == side.local.rtp.ip);
  if (past == nullptr) return require(session.version == 1);
  const auto before = read_own_session(past->agreed.local_sdp);
  require(session.version == before.version + (text == past->agreed.local_sdp ? 0 : 1));
}

inline Own check_own(const Side& side, std::string_view text, const Past* past) {
  auto own = read_own(text);
  require(own.audio.rtp == side.local.rtp);
  require(own.audio.rtcp_mux || own.audio.rtcp == side.local.rtcp);
  check_formats(side, own.audio);
  check_own_keys(side, own.audio);
  check_session(side, text, past);
  return own;
}

}  // namespace fuzz
