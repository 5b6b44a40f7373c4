#include "sip/digest/credentials.h"

#include <array>
#include <utility>

#include "base/limits.h"
#include "sip/digest/auth_params.h"
#include "sip/message/chars.h"
#include "sip/message/uri.h"

namespace portico::sip {
namespace {

Unexpected malformed(const char* what) { return fail(Code::invalid, what); }

// Where each parameter goes, in one bit each of what was seen.
struct Slot {
  std::string_view name;
  std::string_view Credentials::* field;
  bool must_be_quoted;
};
constexpr std::array kSlots{
    Slot{"username", &Credentials::username, true}, Slot{"realm", &Credentials::realm, true},
    Slot{"nonce", &Credentials::nonce, true}, Slot{"uri", &Credentials::uri, true},
    Slot{"response", &Credentials::response, true}, Slot{"cnonce", &Credentials::cnonce, true},
    Slot{"opaque", &Credentials::opaque, true},
    // Quoted or not: peers do both (RFC 7616 section 3.4 asks for tokens).
    Slot{"qop", &Credentials::qop, false}, Slot{"nc", &Credentials::nc_text, false}};

constexpr unsigned kAlgorithmSeen = 1U << kSlots.size();

Result<unsigned> take(AuthParam param, unsigned seen, Credentials& out) {
  for (std::size_t i = 0; i < kSlots.size(); ++i) {
    if (!equal_nocase(kSlots[i].name, param.name)) continue;
    if ((seen & 1U << i) != 0) return malformed("a digest parameter is there twice");
    if (kSlots[i].must_be_quoted && !param.quoted) return malformed("a digest value lacks quotes");
    out.*kSlots[i].field = param.value;
    return seen | 1U << i;
  }
  if (!equal_nocase(param.name, "algorithm")) return seen;
  if ((seen & kAlgorithmSeen) != 0) return malformed("a digest parameter is there twice");
  if (param.value.empty()) return malformed("digest algorithm is empty");
  out.algorithm = find_digest_algorithm(param.value);
  return seen | kAlgorithmSeen;
}

std::size_t response_digits(DigestAlgorithm algorithm) {
  switch (algorithm) {
    case DigestAlgorithm::md5:
    case DigestAlgorithm::md5_sess:
      return 32;
    case DigestAlgorithm::sha256:
    case DigestAlgorithm::sha256_sess:
      return 64;
    case DigestAlgorithm::other:
      break;
  }
  return 0;
}

Result<Credentials> checked(Credentials c, unsigned seen) {
  constexpr unsigned kNeeded = 0b1'1111;  // username, realm, nonce, uri, response
  if ((seen & kNeeded) != kNeeded) return malformed("a digest parameter is missing");
  if (c.nonce.empty() || c.uri.empty()) return malformed("digest nonce or uri is empty");
  const auto digits = response_digits(c.algorithm);
  if (!is_all(c.response, kHex) || (digits != 0 && c.response.size() != digits)) {
    return malformed("digest response is not hex of the right length");
  }
  const bool qop = (seen & 1U << 7) != 0;
  if (!qop) {  // then the response signs neither, and what nobody signed must not tell two uses apart
    c.cnonce = {};
    c.nc_text = {};
    return c;
  }
  if (!is_token(c.qop)) return malformed("digest qop is malformed");
  if (c.cnonce.empty() || c.nc_text.size() != 8 || !is_all(c.nc_text, kHex)) {
    return malformed("digest qop without cnonce or nc");
  }
  for (const char digit : c.nc_text) c.nc = c.nc << 4 | static_cast<std::uint32_t>(hex_value(digit));
  return c;
}

}  // namespace

Result<Credentials> parse_credentials(std::string_view value) {
  AuthParams params(value);
  if (!params.is_digest()) return fail(Code::unsupported, "not Digest credentials");
  Credentials out;
  unsigned seen = 0;
  AuthParam param;
  while (true) {
    const auto step = params.next(param);
    if (step == AuthParams::Step::malformed) return malformed("digest parameters are malformed");
    if (step == AuthParams::Step::end) return checked(out, seen);
    auto now_seen = take(param, seen, out);
    if (!now_seen) return fail(std::move(now_seen).error());
    seen = *now_seen;
  }
}

Result<Credentials> read_credentials(const Message& request, Header id, std::string_view realm) {
  Result<Credentials> found = fail(Code::not_found, "no credentials for this realm");
  for (std::size_t i = 0; i < request.field_count(); ++i) {
    const auto field = request.field(i);
    if (field.id != id) continue;
    auto credentials = parse_credentials(field.value);
    if (!credentials && credentials.error().code == Code::invalid) return credentials;
    if (credentials && !found && credentials->realm == realm) found = std::move(credentials);
  }
  return found;
}

bool response_matches(const Credentials& c, std::string_view method, std::string_view ha1) {
  const bool md5 = c.algorithm == DigestAlgorithm::md5;
  if (!md5 && c.algorithm != DigestAlgorithm::sha256) return false;
  if (c.qop.empty() ? !md5 : !equal_nocase(c.qop, "auth")) return false;
  const auto hash = md5 ? HashAlgorithm::md5 : HashAlgorithm::sha256;
  const auto ha2 = hash_hex(hash, {method, ":", c.uri});
  const auto expected =
      c.qop.empty()
          ? hash_hex(hash, {ha1, ":", c.nonce, ":", ha2})
          : hash_hex(hash, {ha1, ":", c.nonce, ":", c.nc_text, ":", c.cnonce, ":", c.qop, ":", ha2});
  // Some peers write upper-case hex.
  char given[64];
  if (c.response.size() > sizeof given) return false;
  for (std::size_t i = 0; i < c.response.size(); ++i) given[i] = to_lower(c.response[i]);
  return equal_constant_time(expected, std::string_view(given, c.response.size()));
}

bool digest_uri_matches(std::string_view digest_uri, std::string_view request_uri) {
  if (digest_uri == request_uri) return true;
  if (digest_uri.size() > limits::kSipStartLineBytesMax) return false;
  const auto a = parse_uri(digest_uri);
  const auto b = parse_uri(request_uri);
  return a && b && equivalent(*a, *b);
}

}  // namespace portico::sip
