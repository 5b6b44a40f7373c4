#include "rtp/srtp.h"

#include <arpa/inet.h>
#include <srtp2/srtp.h>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>

#include "base/limits.h"
#include "rtp/mki.h"
#include "rtp/octets.h"
#include "rtp/packet.h"

namespace portico::rtp {
namespace {

constexpr std::size_t kRtcpHeaderBytes = 8;
constexpr std::size_t kSrtcpIndexBytes = 4;
constexpr std::size_t kMkiBytesMax = 128;

struct Tag {
  std::size_t rtp;
  std::size_t rtcp;  // always the long one: RFC 4568 section 6.2.2
};

constexpr Tag tag_bytes(SrtpSuite suite) {
  switch (suite) {
    case SrtpSuite::aes_cm_128_hmac_sha1_32:
    case SrtpSuite::aes_256_cm_hmac_sha1_32:
      return {4, 10};
    case SrtpSuite::aead_aes_128_gcm:
    case SrtpSuite::aead_aes_256_gcm:
      return {16, 16};
    default:
      return {10, 10};
  }
}

void set_policies(SrtpSuite suite, srtp_policy_t& policy) {
  switch (suite) {
    case SrtpSuite::aes_cm_128_hmac_sha1_80:
      srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtp);
      srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtcp);
      break;
    case SrtpSuite::aes_cm_128_hmac_sha1_32:
      srtp_crypto_policy_set_aes_cm_128_hmac_sha1_32(&policy.rtp);
      srtp_crypto_policy_set_aes_cm_128_hmac_sha1_80(&policy.rtcp);
      break;
    case SrtpSuite::aes_256_cm_hmac_sha1_80:
      srtp_crypto_policy_set_aes_cm_256_hmac_sha1_80(&policy.rtp);
      srtp_crypto_policy_set_aes_cm_256_hmac_sha1_80(&policy.rtcp);
      break;
    case SrtpSuite::aes_256_cm_hmac_sha1_32:
      srtp_crypto_policy_set_aes_cm_256_hmac_sha1_32(&policy.rtp);
      srtp_crypto_policy_set_aes_cm_256_hmac_sha1_80(&policy.rtcp);
      break;
    case SrtpSuite::aead_aes_128_gcm:
      srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtp);
      srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtcp);
      break;
    case SrtpSuite::aead_aes_256_gcm:
      srtp_crypto_policy_set_aes_gcm_256_16_auth(&policy.rtp);
      srtp_crypto_policy_set_aes_gcm_256_16_auth(&policy.rtcp);
      break;
  }
}

Drop drop_of(srtp_err_status_t status) {
  switch (status) {
    case srtp_err_status_auth_fail:
      return Drop::srtp_auth_failed;
    case srtp_err_status_replay_fail:
      return Drop::srtp_replayed;
    case srtp_err_status_replay_old:
    case srtp_err_status_pkt_idx_old:
      return Drop::srtp_too_old;
    case srtp_err_status_key_expired:
      return Drop::srtp_key_expired;
    default:
      return Drop::srtp_failed;
  }
}

// libsrtp over NSS loads libraries from disk for a key where there is no other one, which takes milliseconds
// at each call of a quiet server. So one key stays for good.
bool library_ready() {
  static const bool ready = [] {
    if (srtp_init() != srtp_err_status_ok) return false;
    static std::array<std::uint8_t, 44> master{};
    srtp_policy_t policy{};
    srtp_crypto_policy_set_aes_gcm_256_16_auth(&policy.rtp);
    srtp_crypto_policy_set_aes_gcm_256_16_auth(&policy.rtcp);
    policy.ssrc.type = ssrc_any_outbound;
    policy.key = master.data();
    static srtp_t kept = nullptr;
    return srtp_create(&kept, &policy) == srtp_err_status_ok;
  }();
  return ready;
}

// No compound is longer. libsrtp over NSS, which is Debian's, has room for 2,048 bytes that are authenticated
// and not encrypted: of a forged SRTCP packet of some bytes more it keeps them, and then takes no other one.
constexpr std::size_t kSrtcpBytesMax = 2'048;

bool too_long(std::size_t length, bool rtcp) {
  return length > (rtcp ? kSrtcpBytesMax : std::numeric_limits<std::uint16_t>::max());
}

std::size_t trailer_bytes(const SrtpKey& key, bool rtcp) {
  const auto tag = tag_bytes(key.suite);
  return (rtcp ? tag.rtcp + kSrtcpIndexBytes : tag.rtp) + key.mki.size();
}

// What any RTP or RTCP packet needs before libsrtp may look at it.
std::optional<Drop> bad_shape(ByteView packet, std::size_t header, std::size_t trailer) {
  if (packet.size() < header + trailer) return Drop::too_short;
  if (packet[0] >> 6 != 2) return Drop::bad_version;
  return std::nullopt;
}

// What follows the MKI: the tag, or nothing in GCM, where the tag belongs to the text (RFC 7714 section 8.1).
std::size_t mki_tail_bytes(SrtpSuite suite, bool rtcp) {
  if (suite == SrtpSuite::aead_aes_128_gcm || suite == SrtpSuite::aead_aes_256_gcm) return 0;
  return rtcp ? tag_bytes(suite).rtcp : tag_bytes(suite).rtp;
}

Taken<std::size_t> protect(srtp_ctx_t* context, const SrtpKey& key, bool rtcp, std::span<std::uint8_t> buffer,
                           std::size_t length) {
  if (length > buffer.size() || too_long(length + trailer_bytes(key, rtcp), rtcp))
    return Dropped(Drop::srtp_no_room);
  const auto header = rtcp ? kRtcpHeaderBytes : kHeaderBytes;
  if (const auto drop = bad_shape(buffer.first(length), header, 0)) return Dropped(*drop);
  if (buffer.size() - length < trailer_bytes(key, rtcp)) return Dropped(Drop::srtp_no_room);
  int octets = static_cast<int>(length);
  const auto status = (rtcp ? srtp_protect_rtcp : srtp_protect)(context, buffer.data(), &octets);
  if (status != srtp_err_status_ok) return Dropped(drop_of(status));
  length = static_cast<std::size_t>(octets);
  return key.mki.empty() ? length : insert_mki(buffer, length, key.mki, mki_tail_bytes(key.suite, rtcp));
}

Taken<std::size_t> unprotect(srtp_ctx_t* context, const SrtpKey& key, bool rtcp,
                             std::span<std::uint8_t> packet) {
  if (!key.mki.empty()) {
    if (!remove_mki(packet, key.mki, mki_tail_bytes(key.suite, rtcp))) return Dropped(Drop::srtp_bad_mki);
    packet = packet.first(packet.size() - key.mki.size());
  }
  int octets = static_cast<int>(packet.size());
  const auto status = (rtcp ? srtp_unprotect_rtcp : srtp_unprotect)(context, packet.data(), &octets);
  if (status != srtp_err_status_ok) return Dropped(drop_of(status));
  return static_cast<std::size_t>(octets);
}

}  // namespace

Result<void> start_srtp() {
  if (!library_ready()) return fail(Code::internal, "libsrtp2 did not start");
  return {};
}

void SrtpSession::Closer::operator()(srtp_ctx_t_* context) const { srtp_dealloc(context); }

Result<SrtpSession::Context> SrtpSession::open(const SrtpKey& key, bool outbound) {
  if (key.master.size() != master_bytes(key.suite) || key.mki.size() > kMkiBytesMax) {
    return fail(Code::invalid, "an SRTP key has the wrong length for its suite");
  }
  if (auto ready = start_srtp(); !ready) return fail(ready.error());
  Bytes master = key.master;  // libsrtp takes pointers to non-const and copies what they point to

  srtp_policy_t policy{};
  set_policies(key.suite, policy);
  policy.ssrc.type = outbound ? ssrc_any_outbound : ssrc_any_inbound;
  policy.window_size = kSrtpReplayWindow;
  policy.key = master.data();
  srtp_t context = nullptr;
  const auto status = srtp_create(&context, &policy);
  std::fill(master.begin(), master.end(), std::uint8_t{0});
  if (status != srtp_err_status_ok) return fail(Code::internal, "libsrtp2 refused a key");
  return Context(context);
}

SrtpSession::SrtpSession(const SrtpKeyPair& keys, Context send, Context receive)
    : keys_(keys), send_(std::move(send)), receive_(std::move(receive)) {}

Result<SrtpSession> SrtpSession::create(const SrtpKeyPair& keys) {
  auto send = open(keys.send, true);
  if (!send) return fail(send.error());
  auto receive = open(keys.receive, false);
  if (!receive) return fail(receive.error());
  return SrtpSession(keys, std::move(*send), std::move(*receive));
}

Result<void> SrtpSession::rekey(const SrtpKeyPair& keys) {
  Context send;
  Context receive;
  if (keys.send != keys_.send) {
    auto opened = open(keys.send, true);
    if (!opened) return fail(opened.error());
    send = std::move(*opened);
  }
  if (keys.receive != keys_.receive) {
    auto opened = open(keys.receive, false);
    if (!opened) return fail(opened.error());
    receive = std::move(*opened);
  }
  if (send) send_ = std::move(send);
  if (receive) {
    receive_ = std::move(receive);
    sources_.clear();
  }
  keys_ = keys;
  return {};
}

Taken<std::size_t> SrtpSession::protect_rtp(std::span<std::uint8_t> buffer, std::size_t length) {
  return protect(send_.get(), keys_.send, false, buffer, length);
}

Taken<std::size_t> SrtpSession::protect_rtcp(std::span<std::uint8_t> buffer, std::size_t length) {
  return protect(send_.get(), keys_.send, true, buffer, length);
}

Taken<std::size_t> SrtpSession::unprotect_rtp(std::span<std::uint8_t> packet) { return take(packet, false); }

Taken<std::size_t> SrtpSession::unprotect_rtcp(std::span<std::uint8_t> packet) { return take(packet, true); }

Taken<std::size_t> SrtpSession::take(std::span<std::uint8_t> packet, bool rtcp) {
  if (too_long(packet.size(), rtcp)) return Dropped(Drop::srtp_failed);
  const auto header = rtcp ? kRtcpHeaderBytes : kHeaderBytes;
  if (const auto drop = bad_shape(packet, header, trailer_bytes(keys_.receive, rtcp))) return Dropped(*drop);
  const auto ssrc = read_u32(packet, rtcp ? 4 : 8);
  auto length = unprotect(receive_.get(), keys_.receive, rtcp, packet);
  if (length) remember_source(ssrc);
  return length;
}

// A peer that passes on the SSRC of whoever speaks has many in a long call. Of one that was silent while so
// many others were heard the replay window is lost, and how often its numbers wrapped: not heard if they did.
void SrtpSession::remember_source(std::uint32_t ssrc) {
  if (!sources_.empty() && sources_.back() == ssrc) return;
  std::erase(sources_, ssrc);
  if (sources_.size() >= limits::kSrtpSourcesMax) {
    srtp_remove_stream(receive_.get(), htonl(sources_.front()));  // as on the wire
    sources_.erase(sources_.begin());
  }
  sources_.push_back(ssrc);
}

}  // namespace portico::rtp
