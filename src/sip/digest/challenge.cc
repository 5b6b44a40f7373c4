#include "sip/digest/challenge.h"

#include "sip/digest/auth_params.h"
#include "sip/message/chars.h"
#include "sip/message/escape.h"

namespace portico::sip {
namespace {

// 0: cannot be answered.
int strength(const Challenge& c) {
  if (!c.qop.empty() && !lists(c.qop, "auth")) return 0;
  switch (c.algorithm) {
    case DigestAlgorithm::sha256:
    case DigestAlgorithm::sha256_sess:
      return 2;
    case DigestAlgorithm::md5:
    case DigestAlgorithm::md5_sess:
      return 1;
    case DigestAlgorithm::other:
      break;
  }
  return 0;
}

}  // namespace

std::string write_challenge(std::string_view realm, std::string_view nonce, HashAlgorithm algorithm,
                            bool stale) {
  std::string out = "Digest realm=" + quote(realm);
  out.append(", nonce=\"").append(nonce);
  out.append("\", qop=\"auth\", stale=").append(stale ? "true" : "false");
  out.append(", algorithm=").append(algorithm == HashAlgorithm::sha256 ? "SHA-256" : "MD5");
  return out;
}

Result<Challenge> parse_challenge(std::string_view value) {
  AuthParams params(value);
  if (!params.is_digest()) return fail(Code::unsupported, "not a Digest challenge");
  Challenge out;
  AuthParam param;
  while (true) {
    const auto step = params.next(param);
    if (step == AuthParams::Step::malformed) return fail(Code::invalid, "digest challenge is malformed");
    if (step == AuthParams::Step::end) break;
    if (equal_nocase(param.name, "realm")) out.realm = param.value;
    if (equal_nocase(param.name, "nonce")) out.nonce = param.value;
    if (equal_nocase(param.name, "opaque")) out.opaque = param.value;
    if (equal_nocase(param.name, "qop")) out.qop = param.value;
    if (equal_nocase(param.name, "algorithm")) out.algorithm_text = param.value;
    if (equal_nocase(param.name, "stale")) out.stale = equal_nocase(param.value, "true");
  }
  if (out.nonce.empty()) return fail(Code::invalid, "digest challenge without nonce");
  out.algorithm = find_digest_algorithm(out.algorithm_text);
  return out;
}

Result<Challenge> choose_challenge(const Message& response, Header id) {
  Challenge best;
  int best_strength = 0;
  bool any = false;
  for (std::size_t i = 0; i < response.field_count(); ++i) {
    const auto field = response.field(i);
    if (field.id != id) continue;
    any = true;
    const auto challenge = parse_challenge(field.value);
    if (!challenge || strength(*challenge) <= best_strength) continue;
    best = *challenge;
    best_strength = strength(best);
  }
  if (best_strength > 0) return best;
  if (!any) return fail(Code::not_found, "no challenge");
  return fail(Code::unsupported, "no challenge that can be answered");
}

}  // namespace portico::sip
