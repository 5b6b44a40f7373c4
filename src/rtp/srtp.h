#pragma once
// SRTP and SRTCP for one leg: one key for what we send, one for what we receive (RFC 3711, RFC 7714), by
// libsrtp2. In place, without allocation once a source is known. One thread.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/result.h"
#include "base/srtp_key.h"
#include "rtp/drop.h"

struct srtp_ctx_t_;

namespace portico::rtp {

inline constexpr std::size_t kSrtpTrailerBytesMax = 20 + 128;  // tag, SRTCP index and the longest MKI
inline constexpr std::size_t kSrtpReplayWindow = 128;          // packets

// Loads from disk what keys need, 0.1 s. Before the first key, or that one waits for it. Thread-safe.
Result<void> start_srtp();

class SrtpSession {
 public:
  // Code::invalid when a key's length does not fit its suite.
  static Result<SrtpSession> create(const SrtpKeyPair& keys);

  // `buffer` holds a packet of `length` bytes and room behind it (kSrtpTrailerBytesMax is always enough). The
  // new length, or why the packet must not be sent or believed; it is then destroyed.
  Taken<std::size_t> protect_rtp(std::span<std::uint8_t> buffer, std::size_t length);
  Taken<std::size_t> protect_rtcp(std::span<std::uint8_t> buffer, std::size_t length);
  Taken<std::size_t> unprotect_rtp(std::span<std::uint8_t> packet);
  Taken<std::size_t> unprotect_rtcp(std::span<std::uint8_t> packet);

  // After a re-INVITE: a direction whose key is the same keeps its roll-over counters and replay windows,
  // another one starts anew. On failure nothing has changed.
  Result<void> rekey(const SrtpKeyPair& keys);
  const SrtpKeyPair& keys() const { return keys_; }

 private:
  struct Closer {
    void operator()(srtp_ctx_t_* context) const;
  };
  using Context = std::unique_ptr<srtp_ctx_t_, Closer>;

  SrtpSession(const SrtpKeyPair& keys, Context send, Context receive);
  static Result<Context> open(const SrtpKey& key, bool outbound);
  Taken<std::size_t> take(std::span<std::uint8_t> packet, bool rtcp);
  void remember_source(std::uint32_t ssrc);

  SrtpKeyPair keys_;
  Context send_;
  Context receive_;
  std::vector<std::uint32_t> sources_;  // SSRCs that have proved themselves, the one heard last at the end
};

}  // namespace portico::rtp
