#include "sdp/crypto.h"

#include "sdp/fields.h"

namespace portico::sdp {
namespace {

constexpr std::string_view kInline = "inline:";
constexpr std::size_t kMkiBytesMax = 128;

const SrtpSuiteTraits* find_suite(std::string_view name) {
  for (const auto& suite : kSrtpSuites) {
    if (same_name(suite.name, name)) return &suite;
  }
  return nullptr;
}

// "2^20" or "1048576"
std::optional<std::uint64_t> read_lifetime(std::string_view text) {
  if (text.substr(0, 2) != "2^") return to_number<std::uint64_t>(text);
  const auto power = to_number<unsigned>(text.substr(2));
  if (!power || *power > 48) return std::nullopt;
  return std::uint64_t{1} << *power;
}

// "1:4": the value 1 in 4 bytes
std::optional<Bytes> read_mki(std::string_view text) {
  auto value = to_number<std::uint64_t>(take_until(text, ':'));
  const auto length = to_number<std::size_t>(text);
  if (!value || !length || *length == 0 || *length > kMkiBytesMax) return std::nullopt;
  Bytes mki(*length);
  for (auto byte = mki.rbegin(); byte != mki.rend(); ++byte, *value >>= 8)
    *byte = static_cast<std::uint8_t>(*value);
  if (*value != 0) return std::nullopt;
  return mki;
}

std::optional<Bytes> read_key(std::string_view text, std::size_t bytes) {
  std::string padded(text);
  while (padded.size() % 4 != 0) padded += '=';  // some leave the padding out
  Bytes key;
  if (!from_base64(padded, key) || key.size() != bytes) return std::nullopt;
  return key;
}

// inline:KEY[|lifetime][|mki:length]
bool read_key_parameters(std::string_view text, CryptoLine& out) {
  if (!same_name(text.substr(0, kInline.size()), kInline) || text.find(';') != std::string_view::npos)
    return false;
  text.remove_prefix(kInline.size());
  auto key = read_key(take_until(text, '|'), master_bytes(out.key.suite));
  if (!key) return false;
  out.key.master = std::move(*key);
  while (!text.empty()) {
    const auto part = take_until(text, '|');
    if (part.find(':') != std::string_view::npos) {
      auto mki = read_mki(part);
      if (!mki) return false;
      out.key.mki = std::move(*mki);
    } else {
      out.lifetime_packets = read_lifetime(part);
      if (!out.lifetime_packets) return false;
    }
  }
  return true;
}

bool acceptable(std::string_view session_parameter) {
  return session_parameter.front() == '-' || same_name(session_parameter.substr(0, 4), "WSH=") ||
         same_name(session_parameter, "KDR=0");
}

}  // namespace

std::optional<CryptoLine> read_crypto(std::string_view value) {
  const auto tag = to_number<std::uint32_t>(take_field(value));
  const auto* suite = find_suite(take_field(value));
  if (!tag || *tag > 999'999'999 || suite == nullptr) return std::nullopt;
  CryptoLine line{.tag = *tag};
  line.key.suite = suite->suite;
  if (!read_key_parameters(take_field(value), line)) return std::nullopt;
  for (auto parameter = take_field(value); !parameter.empty(); parameter = take_field(value)) {
    if (!acceptable(parameter)) return std::nullopt;
  }
  return line;
}

std::string write_crypto(std::uint32_t tag, const SrtpKey& key) {
  return std::to_string(tag) + " " + std::string(traits(key.suite).name) + " inline:" + to_base64(key.master);
}

}  // namespace portico::sdp
