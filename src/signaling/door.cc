#include "signaling/door.h"

#include <algorithm>

#include "account/uuid.h"
#include "base/counters.h"
#include "base/hash.h"
#include "base/limits.h"
#include "net/source_quota.h"
#include "sip/digest/credentials.h"

namespace portico::signaling {

using admission::Credentials;
using net::source_block;

namespace {
// By which a request's text may be longer than it was on the wire: received and rport of the top Via.
constexpr std::size_t kStampBytesMax = 64;
}  // namespace

Door::Door(const Settings& settings)
    : realm_(settings.realm),
      algorithms_(settings.digest_algorithms),
      mint_(settings.nonce_secret),
      opened_(settings.opened),
      datagram_rates_(settings.invite_rate),
      stream_rates_(settings.invite_rate),
      failures_(settings.auth_failures),
      replays_(settings.nonce_uses_max) {}

bool Door::take_invite(const sip::Flow& flow, TimePoint now) {
  const std::scoped_lock lock(mutex_);
  auto& rates = sip::is_reliable(flow.transport) ? stream_rates_ : datagram_rates_;
  return rates.take(source_block(flow.remote.ip), now);
}

bool Door::may_note(IpAddress source, bool names_application, TimePoint now) {
  const std::scoped_lock lock(mutex_);
  if (!notes_.take(source_block(source), now)) return false;
  return names_application ? all_notes_.take(kNotesPerSecond, now)
                           : stray_notes_.take(kStrayNotesPerSecond, now);
}

bool Door::locked_out(IpAddress source, const account::Application& application, TimePoint now) {
  const auto id = account::parse_uuid(application.id);
  const std::scoped_lock lock(mutex_);
  return id && failures_.locked_out(source_block(source), *id, now);
}

void Door::failed(IpAddress source, const account::Application& application, std::uint64_t guess,
                  TimePoint now) {
  const auto id = account::parse_uuid(application.id);
  if (!id) return;
  const std::scoped_lock lock(mutex_);
  failures_.failed(source_block(source), *id, guess, now);
}

bool Door::may_answer(const sip::Flow& flow, std::size_t request_bytes, std::size_t answer_bytes,
                      TimePoint now) {
  static auto& withheld = counter("portico_sip_replies_withheld_total",
                                  "Answers to unproven UDP sources that would have been too large for what "
                                  "they sent");
  if (sip::is_reliable(flow.transport)) return true;
  request_bytes -= std::min(request_bytes, kStampBytesMax);
  if (answer_bytes <= request_bytes) return true;
  {
    const std::scoped_lock lock(mutex_);
    if (replies_.take(source_block(flow.remote.ip), request_bytes, answer_bytes, now)) return true;
  }
  withheld.add();
  return false;
}

void Door::proven(IpAddress source, TimePoint now) {
  const std::scoped_lock lock(mutex_);
  replies_.proven(source_block(source), now);
}

// The wall clock as it was when the door opened, going on by the other one: a jump must not age a nonce.
WallTime Door::steady(Now now) const {
  return opened_.wall + std::chrono::duration_cast<Millis>(now.mono - opened_.mono);
}

std::string Door::mint_nonce(const account::Application& application, IpAddress source, Now now) {
  return mint_.mint(steady(now), application.id, source, static_cast<std::uint32_t>(random_u64()));
}

// What an earlier process saw used is forgotten: its nonces are stale, or who read an INVITE before a restart
// could repeat it after. Past one nonce life none of them is left.
bool Door::knows_uses_of(std::string_view nonce, Now now) const {
  return now.mono - opened_.mono > limits::kNonceLife || sip::NonceMint::minted_at(nonce) >= opened_.wall;
}

// All of what the response signs, beside it: what is left free would let a guesser search for two guesses of
// one response.
std::uint64_t Door::guess_of(const sip::Credentials& credentials) const {
  return guesses_({credentials.nonce, credentials.nc_text, credentials.cnonce, credentials.uri,
                   credentials.response})
      .low;
}

Door::Proof Door::check(const sip::Message& request, const account::Application& application,
                        IpAddress source, Now now) {
  const auto credentials = sip::read_credentials(request, sip::Header::proxy_authorization, realm_);
  if (!credentials) {
    if (credentials.error().code != Code::not_found)
      return {.credentials = Credentials::malformed, .why = credentials.error().what};
    if (!request.has(sip::Header::proxy_authorization)) return {.credentials = Credentials::absent};
    return {.credentials = Credentials::other_realm, .why = "its credentials are for another realm"};
  }
  const auto nonce = mint_.check(credentials->nonce, steady(now), application.id, source);
  const bool recent = nonce == sip::NonceVerdict::ok || nonce == sip::NonceVerdict::stale;
  Proof proof{.nonce_was_given = recent, .locked_out = locked_out(source, application, now.mono)};
  // No look at the response: who made the nonce up, or found it in an INVITE of long ago, or is locked out
  // would learn whether his guess was right, uncounted.
  if (!recent || proof.locked_out) {
    const bool expired = nonce == sip::NonceVerdict::expired;
    proof.credentials = expired ? Credentials::stale : Credentials::wrong;
    return proof;
  }
  const bool sha256 = credentials->algorithm == sip::DigestAlgorithm::sha256;
  const auto& ha1 = sha256 ? application.digest.ha1_sha256 : application.digest.ha1_md5;
  const bool offered = std::find(algorithms_.begin(), algorithms_.end(),
                                 sha256 ? HashAlgorithm::sha256 : HashAlgorithm::md5) != algorithms_.end();
  proof.why = !offered                                        ? "its algorithm was not offered"
              : credentials->username != application.sip_user ? "another user name than the application's"
              : application.digest.realm != realm_            ? admission::kOtherRealmsPassword
              : !sip::digest_uri_matches(credentials->uri, request.request_uri())
                  ? "the uri in the credentials is not the Request-URI"
              : !sip::response_matches(*credentials, request.method_text(), ha1) ? "another password"
                                                                                 : "";
  if (!proof.why.empty()) {
    proof.credentials = Credentials::wrong;
    proof.guess = guess_of(*credentials);
    return proof;
  }
  if (nonce != sip::NonceVerdict::ok || !knows_uses_of(credentials->nonce, now)) {
    proof.credentials = Credentials::stale;
    return proof;
  }
  const std::scoped_lock lock(mutex_);
  const auto use = replays_.note(now.mono, *credentials);
  const auto since = replays_.complete_since();
  const bool forgotten = since != TimePoint{} &&
                         sip::NonceMint::minted_at(credentials->nonce) <= steady({.mono = since, .wall = {}});
  proof.credentials = forgotten                                  ? Credentials::stale
                      : use == sip::NonceReplayCache::Use::first ? Credentials::right
                                                                 : Credentials::replayed;
  return proof;
}

}  // namespace portico::signaling
