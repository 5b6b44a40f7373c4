#pragma once
// Digests and randomness, by OpenSSL. Thread-safe.

#include <array>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace portico {

enum class HashAlgorithm : unsigned char { md5, sha256 };

// Lower-case hex of the hash over the concatenation of `parts`.
std::string hash_hex(HashAlgorithm algorithm, std::initializer_list<std::string_view> parts);
// 32 bytes of HMAC-SHA-256.
std::string hmac_sha256(std::string_view key, std::initializer_list<std::string_view> parts);
// The same with the key worked in beforehand, for those who sign often with one key: a fraction of the time.
// Const use from any thread.
class HmacSha256 {
 public:
  explicit HmacSha256(std::string_view key);
  std::array<std::uint8_t, 32> sign(std::initializer_list<std::string_view> parts) const;

 private:
  struct alignas(8) State {
    std::array<std::uint8_t, 112> bytes;  // of the hash after the padded key
  };
  State inner_;
  State outer_;
};
// Compares without telling by its time where two strings of one length differ.
bool equal_constant_time(std::string_view a, std::string_view b);

// From the kernel's CSPRNG. Aborts the process if it fails: nothing safe can be done without it.
void random_fill(std::span<std::uint8_t> out);
std::uint64_t random_u64();
std::string random_hex(std::size_t digits);
// `length` characters of [A-Za-z0-9], unbiased.
std::string random_alnum(std::size_t length);

}  // namespace portico
