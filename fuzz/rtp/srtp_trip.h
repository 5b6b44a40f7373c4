#pragma once
// There and back under SRTP. The input's last octet chooses the suite, and whether with an MKI; the session
// is its own peer and of this input alone, so that an input fails alone.

#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "rtp/srtp.h"

namespace fuzz {

using namespace portico;
using namespace portico::rtp;

inline void require(bool holds) {
  if (!holds) std::abort();
}

inline SrtpSession choose_session(ByteView input) {
  const std::size_t choice = input.empty() ? 0 : input.back();
  const auto suite = kSrtpSuites[choice % kSrtpSuites.size()].suite;
  SrtpKey key{.suite = suite, .master = Bytes(master_bytes(suite), 7)};
  if (choice / kSrtpSuites.size() % 2 != 0) key.mki = {0, 1};
  return *SrtpSession::create({.send = key, .receive = key});
}

// What nobody protected: refused, or shorter than it was.
inline void take_unproven(SrtpSession& session, ByteView input, bool rtcp) {
  Bytes bytes(input.begin(), input.end());
  const auto length = rtcp ? session.unprotect_rtcp(bytes) : session.unprotect_rtp(bytes);
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
