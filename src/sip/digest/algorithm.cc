#include "sip/digest/algorithm.h"

#include <array>

#include "sip/message/chars.h"

namespace portico::sip {
namespace {

struct Row {
  DigestAlgorithm id;
  std::string_view name;
};
constexpr std::array kNames{Row{DigestAlgorithm::md5, "MD5"}, Row{DigestAlgorithm::sha256, "SHA-256"},
                            Row{DigestAlgorithm::md5_sess, "MD5-sess"},
                            Row{DigestAlgorithm::sha256_sess, "SHA-256-sess"}};

}  // namespace

DigestAlgorithm find_digest_algorithm(std::string_view token) {
  if (token.empty()) return DigestAlgorithm::md5;
  for (const auto& row : kNames) {
    if (equal_nocase(row.name, token)) return row.id;
  }
  return DigestAlgorithm::other;
}

std::string_view digest_algorithm_name(DigestAlgorithm algorithm) {
  for (const auto& row : kNames) {
    if (row.id == algorithm) return row.name;
  }
  return "";
}

std::string make_ha1(HashAlgorithm algorithm, std::string_view username, std::string_view realm,
                     std::string_view password) {
  return hash_hex(algorithm, {username, ":", realm, ":", password});
}

}  // namespace portico::sip
