#pragma once
// Who owns applications, and who may change them.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace portico::account {

// Contract voice-api.md section 1 "Limits". 0 means no limit.
struct Limits {
  std::uint32_t concurrent_calls = 100;
  std::uint32_t calls_per_second = 5;  // call starts, in and out together

  friend bool operator==(const Limits&, const Limits&) = default;
};

struct Account {
  std::string id;  // digits, 7 by default; compared as a string
  std::string name;
  Limits limits;
  WallTime created{};

  friend bool operator==(const Account&, const Account&) = default;
};

// What a client may do. An API call without the role it needs gets 403.
enum class Role : unsigned char { voice_applications, voice, operations };
std::string_view role_name(Role role);  // "voice-applications", "voice", "operations"
std::optional<Role> parse_role(std::string_view name);

// An OAuth 2.0 client (RFC 6749 section 2). The secret is a random string of 256 bits, so that a plain
// SHA-256 of it is safe to store; it is shown once, when the client is made.
struct Client {
  std::string id;  // "CLI-…"
  std::string account_id;
  std::string name;
  std::string secret_sha256;  // lower-case hex
  std::vector<Role> roles;
  WallTime created{};

  bool has_role(Role role) const;
  friend bool operator==(const Client&, const Client&) = default;
};

struct NewClient {
  Client client;
  std::string secret;  // for the one reply that shows it
};
NewClient make_client(std::string account_id, std::string name, std::vector<Role> roles, WallTime now);
std::string hash_secret(std::string_view secret);                    // SHA-256, lower-case hex
bool secret_matches(const Client& client, std::string_view secret);  // constant time
std::string make_account_id();                                       // 7 random digits, the first not 0

inline constexpr std::chrono::seconds kTokenLife{3600};

// A bearer token. Only its SHA-256 is stored; removing the client removes its tokens.
struct Token {
  std::string sha256;  // lower-case hex of the opaque token
  std::string client_id;
  WallTime expires{};

  friend bool operator==(const Token&, const Token&) = default;
};

// A phone number in E.164 and the application that takes its calls.
struct Number {
  std::string e164;
  std::string account_id;
  std::string application_id;

  friend bool operator==(const Number&, const Number&) = default;
};

}  // namespace portico::account
