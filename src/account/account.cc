#include "account/account.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/hash.h"

namespace portico::account {
namespace {

constexpr std::array kRoleNames{
    std::pair{Role::voice_applications, std::string_view("voice-applications")},
    std::pair{Role::voice, std::string_view("voice")},
    std::pair{Role::operations, std::string_view("operations")},
};

}  // namespace

std::string_view role_name(Role role) {
  for (const auto& [value, name] : kRoleNames) {
    if (value == role) return name;
  }
  return {};
}

std::optional<Role> parse_role(std::string_view name) {
  for (const auto& [value, known] : kRoleNames) {
    if (known == name) return value;
  }
  return std::nullopt;
}

bool Client::has_role(Role role) const { return std::find(roles.begin(), roles.end(), role) != roles.end(); }

std::string hash_secret(std::string_view secret) { return hash_hex(HashAlgorithm::sha256, {secret}); }

bool secret_matches(const Client& client, std::string_view secret) {
  return equal_constant_time(client.secret_sha256, hash_secret(secret));
}

NewClient make_client(std::string account_id, std::string name, std::vector<Role> roles, WallTime now) {
  NewClient made;
  made.secret = random_alnum(43);  // 43 characters of 62 are 256 bits
  made.client = Client{.id = "CLI-" + random_hex(16),
                       .account_id = std::move(account_id),
                       .name = std::move(name),
                       .secret_sha256 = hash_secret(made.secret),
                       .roles = std::move(roles),
                       .created = now};
  return made;
}

std::string make_account_id() {
  constexpr std::uint64_t kLowest = 1'000'000;
  return std::to_string(kLowest + random_u64() % (9 * kLowest));
}

}  // namespace portico::account
