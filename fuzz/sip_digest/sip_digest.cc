// room: sip
// Values of (Proxy-)Authorization and (Proxy-)Authenticate fields: what is made of a challenge reads back,
// right credentials are taken once, and nothing that is made of them is ever taken again.
//
// Line by line: a value, a Request-URI, and then more values, which somebody writes who has seen the first.
// In values %N is a nonce of ours, %R the response that is right for the first value, %U the same in
// capitals.

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "base/limits.h"
#include "sip/digest/answer.h"
#include "sip/digest/challenge.h"
#include "sip/digest/credentials.h"
#include "sip/digest/nonce.h"
#include "sip/digest/nonce_replay_cache.h"
#include "sip/message/chars.h"
#include "sip/message/escape.h"

namespace {

using namespace portico;  // NOLINT: a program of its own
using namespace portico::sip;
using Use = NonceReplayCache::Use;

constexpr std::string_view kMethod = "INVITE";
constexpr std::string_view kPassword = "secret";
constexpr TimePoint kNow{std::chrono::hours(1)};

void require(bool holds) {
  if (!holds) std::abort();
}

HashAlgorithm hash_of(DigestAlgorithm algorithm) {
  const bool sha = algorithm == DigestAlgorithm::sha256 || algorithm == DigestAlgorithm::sha256_sess;
  return sha ? HashAlgorithm::sha256 : HashAlgorithm::md5;
}
std::string ha1_of(const Credentials& c) {
  return make_ha1(hash_of(c.algorithm), c.username, c.realm, kPassword);
}
// RFC 7616 section 3.4.1.
std::string right_response(const Credentials& c) {
  const auto hash = hash_of(c.algorithm);
  const auto ha2 = hash_hex(hash, {kMethod, ":", c.uri});
  if (c.qop.empty()) return hash_hex(hash, {ha1_of(c), ":", c.nonce, ":", ha2});
  return hash_hex(hash, {ha1_of(c), ":", c.nonce, ":", c.nc_text, ":", c.cnonce, ":", c.qop, ":", ha2});
}
bool is_offered(const Credentials& c) {
  if (c.algorithm == DigestAlgorithm::md5) return c.qop.empty() || equal_nocase(c.qop, "auth");
  return c.algorithm == DigestAlgorithm::sha256 && equal_nocase(c.qop, "auth");
}

constexpr std::array kSigned{&Credentials::username, &Credentials::realm,  &Credentials::nonce,
                             &Credentials::uri,      &Credentials::cnonce, &Credentials::qop,
                             &Credentials::nc_text};
bool same_but_response(const Credentials& a, const Credentials& b) {
  for (const auto field : kSigned) {
    if (a.*field != b.*field) return false;
  }
  return a.algorithm == b.algorithm;
}

class Door {
 public:
  Door() : nonce_(mint().mint(kWall, "app", IpAddress::v4(1), 1)) {}

  // Someone who knows the password. True: taken, and so noted.
  bool take_right(std::string_view value, std::string_view request_uri) {
    auto unsigned_text = filled(value, std::string(64, '0'));
    auto unsigned_one = parse_credentials(unsigned_text);
    if (!unsigned_one) unsigned_one = parse_credentials(unsigned_text = filled(value, std::string(32, '0')));
    if (!unsigned_one) return false;
    look_at(*unsigned_one, request_uri);
    response_ = right_response(*unsigned_one);
    const auto text = filled(value, response_);
    const auto c = parse_credentials(text);
    if (!c || !same_but_response(*c, *unsigned_one) || !equal_nocase(c->response, response_)) return false;
    require(response_matches(*c, kMethod, ha1_of(*c)) == is_offered(*c));
    if (!is_offered(*c) || !is_ours(*c)) return false;
    change_each_part(*c, text.size());
    require(cache_.note(kNow, *c) == Use::first && cache_.note(kNow, *c) == Use::repeated);
    return true;
  }
  // Someone who saw it on its way.
  void replay(std::string_view value, std::string_view request_uri) {
    const auto text = filled(value, response_);
    const auto c = parse_credentials(text);
    if (!c) return;
    look_at(*c, request_uri);
    if (!is_ours(*c) || !response_matches(*c, kMethod, ha1_of(*c))) return;
    require(cache_.note(kNow, *c) == Use::repeated);
  }

 private:
  static constexpr WallTime kWall{Millis(1'700'000'000'000)};

  static const NonceMint& mint() {
    static const NonceMint one("0123456789abcdef0123456789abcdef");
    return one;
  }
  bool is_ours(const Credentials& c) const {
    return mint().check(c.nonce, kWall, "app", IpAddress::v4(1)) == NonceVerdict::ok;
  }
  std::string filled(std::string_view value, std::string_view response) const {
    std::string out;
    for (std::size_t i = 0; i < value.size(); ++i) {
      const auto mark = value.substr(i, 2);
      if (mark == "%N") out += nonce_;
      if (mark == "%R") out += response;
      if (mark == "%U") {
        for (const char c : response) out += c >= 'a' ? static_cast<char>(c - 0x20) : c;
      }
      if (mark == "%N" || mark == "%R" || mark == "%U") {
        ++i;
      } else {
        out += value[i];
      }
    }
    return out;
  }
  void look_at(const Credentials& c, std::string_view request_uri) const {
    require(!response_matches(c, kMethod, std::string(64, '0')));
    require(is_ours(c) == (c.nonce == nonce_));
    const auto elsewhere = mint().check(c.nonce, kWall, "app", IpAddress::v4(2));
    require(elsewhere == NonceVerdict::forged);
    require(digest_uri_matches(c.uri, c.uri));
    const bool short_enough = std::max(c.uri.size(), request_uri.size()) <= limits::kSipStartLineBytesMax;
    require(!short_enough ||
            digest_uri_matches(c.uri, request_uri) == digest_uri_matches(request_uri, c.uri));
  }
  // All of it is signed: with one character changed it is wrong, and what is used once is told apart.
  static void change_each_part(const Credentials& right, std::size_t where) {
    const auto ha1 = ha1_of(right);
    require(!response_matches(right, "BYE", ha1) && !response_matches(right, kMethod, ha1 + "0"));
    NonceReplayCache cache;
    require(cache.note(kNow, right) == Use::first);
    for (const auto field : kSigned) {
      auto changed = right;
      std::string text(right.*field);
      if (text.empty()) continue;
      text[where % text.size()] = static_cast<char>(text[where % text.size()] ^ 1);
      changed.*field = text;
      if (field == &Credentials::nc_text) changed.nc ^= 1U;
      require(!response_matches(changed, kMethod, ha1_of(changed)));
      const bool counts =
          field == &Credentials::nonce || field == &Credentials::cnonce || field == &Credentials::nc_text;
      require((cache.note(kNow, changed) == Use::first) == counts);
    }
    auto changed = right;
    std::string response(right.response);
    response[where % response.size()] = static_cast<char>(response[where % response.size()] ^ 1);
    changed.response = response;
    require(!response_matches(changed, kMethod, ha1));
  }

  const std::string nonce_;
  std::string response_;
  NonceReplayCache cache_;
};

bool fits_quotes(std::string_view text) {
  return !text.empty() && quoted_length(std::string("\"").append(text).append("\"")) == text.size() + 2;
}

void answer(const Challenge& challenge, std::string_view uri) {
  if (!challenge.algorithm_text.empty() && !is_token(challenge.algorithm_text)) return;
  const ProtectedRequest request{
      .method = kMethod, .uri = fits_quotes(uri) ? uri : "sip:a@b", .nc = 7, .cnonce = "c0ffee"};
  const auto value = answer_challenge(challenge, {.username = "al\"ice", .password = kPassword}, request);
  const auto c = parse_credentials(value);
  require(c.has_value());
  require(c->realm == challenge.realm && c->nonce == challenge.nonce && c->opaque == challenge.opaque);
  require(c->username == "al\\\"ice" && c->uri == request.uri && c->algorithm == challenge.algorithm);
  require(challenge.qop.empty() ? c->qop.empty() : c->qop == "auth" && c->nc == 7);
  require(response_matches(*c, kMethod, ha1_of(*c)) == is_offered(*c));
}

void challenge_for(std::string_view realm) {
  const auto value = write_challenge(realm, "n0", HashAlgorithm::sha256, true);
  const auto challenge = parse_challenge(value);
  require(challenge && challenge->nonce == "n0" && challenge->qop == "auth" && challenge->stale);
  require(challenge->algorithm == DigestAlgorithm::sha256);
  require(std::string("\"").append(challenge->realm).append("\"") == quote(realm));
}

std::string_view take_line(std::string_view& rest) {
  const auto end = rest.find('\n');
  const auto line = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
  return line;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(bytes), size);
  const auto value = take_line(rest);
  const auto request_uri = take_line(rest);
  challenge_for(request_uri);
  if (const auto challenge = parse_challenge(value)) answer(*challenge, request_uri);
  Door door;
  if (!door.take_right(value, request_uri)) return 0;
  for (int lines = 0; lines < 8 && !rest.empty(); ++lines) door.replay(take_line(rest), request_uri);
  return 0;
}
