#pragma once
// There and back under SRTP. The input's last octet chooses the suite, whether with an MKI, and whether at
// all, for a session takes a millisecond to make: it is its own peer, and of this input alone.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <optional>

#include "rtp/srtp.h"

namespace fuzz {

using namespace portico;
using namespace portico::rtp;

inline void require(bool holds) {
  if (!holds) std::abort();
}

inline SrtpSession make_session(std::size_t choice) {
  const auto suite = kSrtpSuites[choice % kSrtpSuites.size()].suite;
  SrtpKey key{.suite = suite, .master = Bytes(master_bytes(suite), 7)};
  if (choice / kSrtpSuites.size() % 2 != 0) key.mki = {0, 1};
  return *SrtpSession::create({.send = key, .receive = key});
}

inline std::optional<SrtpSession> choose_session(ByteView input) {
  if (input.empty() || input.back() % 16 != 0) return std::nullopt;
  return make_session(input.back() / 16);
}

// What nobody protected: refused, or shorter than it was.
inline void take_unproven(ByteView input, bool rtcp) {
  static std::map<std::size_t, SrtpSession> sessions;
  const std::size_t choice = input.empty() ? 0 : input.back() % (2 * kSrtpSuites.size());
  auto found = sessions.find(choice);
  if (found == sessions.end()) found = sessions.emplace(choice, make_session(choice)).first;
  Bytes bytes(input.begin(), input.end());
  const auto length = rtcp ? found->second.unprotect_rtcp(bytes) : found->second.unprotect_rtp(bytes);
  require(!length || *length < input.size());
}

// What is protected comes back as it was, once.
inline void go_there_and_back(SrtpSession& session, ByteView packet, bool rtcp) {
  const auto unprotect = [&](std::span<std::uint8_t> bytes) {
    return rtcp ? session.unprotect_rtcp(bytes) : session.unprotect_rtp(bytes);
  };
  Bytes sealed(packet.begin(), packet.end());
  sealed.resize(packet.size() + kSrtpTrailerBytesMax);
  const auto length =
      rtcp ? session.protect_rtcp(sealed, packet.size()) : session.protect_rtp(sealed, packet.size());
  if (!length) return;
  require(*length > packet.size() && *length <= sealed.size());
  sealed.resize(*length);
  auto opened = sealed;
  const auto back = unprotect(opened);
  require(back && *back == packet.size() && std::equal(packet.begin(), packet.end(), opened.begin()));
  const auto again = unprotect(sealed);
  require(!again && again.error() == Drop::srtp_replayed);
}

}  // namespace fuzz
