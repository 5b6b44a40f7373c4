// SHA256_CTX can be kept and copied as a value, which no EVP object can.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "base/hash.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include <array>
#include <bit>
#include <cstring>
#include <memory>

namespace portico {
namespace {

struct FreeContext {
  void operator()(EVP_MD_CTX* c) const { EVP_MD_CTX_free(c); }
};

// Fetched once: EVP_md5() and friends look their implementation up again on every use in OpenSSL 3.
const EVP_MD* fetched(HashAlgorithm algorithm) {
  static EVP_MD* const md5 = EVP_MD_fetch(nullptr, "MD5", nullptr);
  static EVP_MD* const sha256 = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return algorithm == HashAlgorithm::md5 ? md5 : sha256;
}

}  // namespace

std::string hash_hex(HashAlgorithm algorithm, std::initializer_list<std::string_view> parts) {
  thread_local const std::unique_ptr<EVP_MD_CTX, FreeContext> context(EVP_MD_CTX_new());
  std::uint8_t digest[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  EVP_DigestInit_ex2(context.get(), fetched(algorithm), nullptr);
  for (const auto part : parts) EVP_DigestUpdate(context.get(), part.data(), part.size());
  EVP_DigestFinal_ex(context.get(), digest, &length);
  return to_hex({digest, length});
}

std::string hmac_sha256(std::string_view key, std::initializer_list<std::string_view> parts) {
  std::string joined;
  for (const auto part : parts) joined += part;
  std::string out(32, '\0');
  unsigned length = 0;
  HMAC(fetched(HashAlgorithm::sha256), key.data(), static_cast<int>(key.size()),
       reinterpret_cast<const unsigned char*>(joined.data()), joined.size(),
       reinterpret_cast<unsigned char*>(out.data()), &length);
  return out;
}

namespace {

constexpr std::size_t kBlockBytes = 64;

SHA256_CTX begin_with(std::string_view key, std::uint8_t pad) {
  std::uint8_t block[kBlockBytes];
  std::memset(block, pad, sizeof block);
  for (std::size_t i = 0; i < key.size(); ++i) block[i] ^= static_cast<std::uint8_t>(key[i]);
  SHA256_CTX context;
  SHA256_Init(&context);
  SHA256_Update(&context, block, sizeof block);
  OPENSSL_cleanse(block, sizeof block);
  return context;
}

}  // namespace

HmacSha256::HmacSha256(std::string_view key) {
  static_assert(sizeof(State) == sizeof(SHA256_CTX));
  std::uint8_t hashed[SHA256_DIGEST_LENGTH];
  if (key.size() > kBlockBytes) {
    SHA256(reinterpret_cast<const unsigned char*>(key.data()), key.size(), hashed);
    key = {reinterpret_cast<const char*>(hashed), sizeof hashed};
  }
  inner_ = std::bit_cast<State>(begin_with(key, 0x36));
  outer_ = std::bit_cast<State>(begin_with(key, 0x5C));
}

std::array<std::uint8_t, 32> HmacSha256::sign(std::initializer_list<std::string_view> parts) const {
  std::array<std::uint8_t, 32> digest;
  auto inner = std::bit_cast<SHA256_CTX>(inner_);
  for (const auto part : parts) SHA256_Update(&inner, part.data(), part.size());
  SHA256_Final(digest.data(), &inner);
  auto outer = std::bit_cast<SHA256_CTX>(outer_);
  SHA256_Update(&outer, digest.data(), digest.size());
  SHA256_Final(digest.data(), &outer);
  return digest;
}

bool equal_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::uint64_t random_u64() {
  std::uint8_t raw[8];
  random_fill(raw);
  std::uint64_t value = 0;
  for (const auto b : raw) value = value << 8 | b;
  return value;
}

std::string random_hex(std::size_t digits) {
  Bytes raw((digits + 1) / 2);
  random_fill(raw);
  auto hex = to_hex(raw);
  hex.resize(digits);
  return hex;
}

std::string random_alnum(std::size_t length) {
  static constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  std::string out;
  out.reserve(length);
  std::uint8_t raw[64];
  while (out.size() < length) {
    random_fill(raw);
    for (const auto b : raw) {
      // 248 = 4 * 62: bytes above would favour the first letters.
      if (b < 248 && out.size() < length) out += kAlphabet[b % kAlphabet.size()];
    }
  }
  return out;
}

}  // namespace portico
