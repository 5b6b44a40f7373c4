#include "sip/digest/answer.h"

#include "base/bytes.h"
#include "sip/message/escape.h"

namespace portico::sip {
namespace {

HashAlgorithm hash_of(DigestAlgorithm algorithm) {
  const bool sha = algorithm == DigestAlgorithm::sha256 || algorithm == DigestAlgorithm::sha256_sess;
  return sha ? HashAlgorithm::sha256 : HashAlgorithm::md5;
}
bool is_session(DigestAlgorithm algorithm) {
  return algorithm == DigestAlgorithm::md5_sess || algorithm == DigestAlgorithm::sha256_sess;
}

std::string eight_hex_digits(std::uint32_t number) {
  const std::uint8_t raw[] = {static_cast<std::uint8_t>(number >> 24),
                              static_cast<std::uint8_t>(number >> 16), static_cast<std::uint8_t>(number >> 8),
                              static_cast<std::uint8_t>(number)};
  return to_hex(raw);
}

}  // namespace

std::string answer_challenge(const Challenge& challenge, const Login& login,
                             const ProtectedRequest& request) {
  const auto hash = hash_of(challenge.algorithm);
  const auto username = quote(login.username);
  // The hash runs over what stands between the quotes (RFC 7616 "unq"), the realm as it came.
  const auto bare_username = std::string_view(username).substr(1, username.size() - 2);
  auto ha1 = make_ha1(hash, bare_username, challenge.realm, login.password);
  if (is_session(challenge.algorithm)) ha1 = hash_hex(hash, {ha1, ":", challenge.nonce, ":", request.cnonce});
  const auto ha2 = hash_hex(hash, {request.method, ":", request.uri});
  const auto nc = eight_hex_digits(request.nc);
  const bool qop = !challenge.qop.empty();
  const auto response =
      qop ? hash_hex(hash, {ha1, ":", challenge.nonce, ":", nc, ":", request.cnonce, ":auth:", ha2})
          : hash_hex(hash, {ha1, ":", challenge.nonce, ":", ha2});
  std::string out;
  out.reserve(512);
  out.append("Digest username=").append(username);
  out.append(", realm=\"").append(challenge.realm);
  out.append("\", nonce=\"").append(challenge.nonce);
  out.append("\", uri=\"").append(request.uri);
  out.append("\", response=\"").append(response).append("\"");
  if (!challenge.algorithm_text.empty()) out.append(", algorithm=").append(challenge.algorithm_text);
  if (qop || is_session(challenge.algorithm)) out.append(", cnonce=\"").append(request.cnonce).append("\"");
  if (!challenge.opaque.empty()) out.append(", opaque=\"").append(challenge.opaque).append("\"");
  if (qop) out.append(", qop=auth, nc=").append(nc);
  return out;
}

}  // namespace portico::sip
