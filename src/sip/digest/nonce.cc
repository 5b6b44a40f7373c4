#include "sip/digest/nonce.h"

#include "base/bytes.h"
#include "base/limits.h"
#include "sip/message/chars.h"

namespace portico::sip {
namespace {

constexpr std::size_t kTimeDigits = 12;  // milliseconds since 1970
constexpr std::size_t kSaltDigits = 8;
constexpr std::size_t kHeadDigits = kTimeDigits + kSaltDigits;
constexpr std::size_t kMacBytes = 16;  // half of the MAC is proof enough and keeps the header short
constexpr std::size_t kNonceDigits = kHeadDigits + 2 * kMacBytes;
// A node whose clock is a little ahead must not make its neighbours refuse.
constexpr auto kClockSkewMax = std::chrono::seconds(5);

void put_hex(std::string& out, std::uint64_t value, std::size_t digits) {
  static constexpr char kDigits[] = "0123456789abcdef";
  for (auto shift = static_cast<int>(digits) * 4 - 4; shift >= 0; shift -= 4)
    out += kDigits[value >> shift & 15];
}

std::string mac(const HmacSha256& key, std::string_view head, std::string_view application,
                const IpAddress& source) {
  const auto& raw = source.raw();
  const std::string_view address(reinterpret_cast<const char*>(raw.data()), source.is_v4() ? 4 : raw.size());
  // head and address have fixed lengths and stand around nothing that could be mistaken for them.
  const auto full = key.sign({head, source.is_v4() ? "4" : "6", address, application});
  return to_hex(ByteView(full).first(kMacBytes));
}

}  // namespace

std::string NonceMint::mint(WallTime now, std::string_view application, const IpAddress& source,
                            std::uint32_t salt) const {
  std::string out;
  out.reserve(kNonceDigits);
  put_hex(out, static_cast<std::uint64_t>(now.time_since_epoch().count()), kTimeDigits);
  put_hex(out, salt, kSaltDigits);
  out += mac(key_, out, application, source);
  return out;
}

NonceVerdict NonceMint::check(std::string_view nonce, WallTime now, std::string_view application,
                              const IpAddress& source) const {
  if (nonce.size() != kNonceDigits || !is_all(nonce, kHex)) return NonceVerdict::forged;
  const auto head = nonce.substr(0, kHeadDigits);
  if (!equal_constant_time(mac(key_, head, application, source), nonce.substr(kHeadDigits))) {
    return NonceVerdict::forged;
  }
  const auto age = now - minted_at(nonce);
  if (age > 2 * limits::kNonceLife) return NonceVerdict::expired;
  return age > limits::kNonceLife || age < -kClockSkewMax ? NonceVerdict::stale : NonceVerdict::ok;
}

WallTime NonceMint::minted_at(std::string_view nonce) {
  std::int64_t stamp = 0;
  for (const char digit : nonce.substr(0, kTimeDigits)) stamp = stamp << 4 | hex_value(digit);
  return WallTime(Millis(stamp));
}

}  // namespace portico::sip
