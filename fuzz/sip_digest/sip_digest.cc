// room: sip
// Values of (Proxy-)Authorization and (Proxy-)Authenticate fields; what is made of a challenge must read
// back.

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "sip/digest/answer.h"
#include "sip/digest/challenge.h"
#include "sip/digest/credentials.h"
#include "sip/digest/nonce.h"
#include "sip/digest/nonce_replay_cache.h"

namespace {

using namespace portico;  // NOLINT: a program of its own
using namespace portico::sip;

void require(bool holds) {
  if (!holds) std::abort();
}

void answer(const Challenge& challenge) {
  const ProtectedRequest request{.method = "INVITE", .uri = "sip:a@b", .nc = 7, .cnonce = "c0ffee"};
  const auto value = answer_challenge(challenge, {.username = "al\"ice", .password = "secret"}, request);
  const auto credentials = parse_credentials(value);
  if (!credentials) return;  // an algorithm whose name is no token
  require(credentials->realm == challenge.realm && credentials->nonce == challenge.nonce);
  require(credentials->username == "al\\\"ice");
  if (challenge.algorithm != DigestAlgorithm::md5 && challenge.algorithm != DigestAlgorithm::sha256) return;
  if (challenge.qop.empty() && challenge.algorithm != DigestAlgorithm::md5) return;
  const auto hash = challenge.algorithm == DigestAlgorithm::md5 ? HashAlgorithm::md5 : HashAlgorithm::sha256;
  const auto ha1 = make_ha1(hash, "al\\\"ice", challenge.realm, "secret");
  require(response_matches(*credentials, "INVITE", ha1));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(bytes), size);
  static const NonceMint mint("0123456789abcdef0123456789abcdef");
  if (const auto credentials = parse_credentials(input)) {
    require(!response_matches(*credentials, "INVITE", std::string(64, '0')));
    (void)digest_uri_matches(credentials->uri, "sip:alice@example.org;transport=udp");
    const auto verdict =
        mint.check(credentials->nonce, WallTime(Millis(1'700'000'000'000)), "app", IpAddress::v4(1));
    require(verdict == NonceVerdict::forged);
    NonceReplayCache cache;
    const TimePoint now{std::chrono::hours(1)};
    require(cache.note(now, *credentials) == NonceReplayCache::Use::first);
    require(cache.note(now, *credentials) == NonceReplayCache::Use::repeated);
  }
  if (const auto challenge = parse_challenge(input)) answer(*challenge);
  return 0;
}
