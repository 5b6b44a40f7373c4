#pragma once
// A voice application: everything that decides how an inbound call is handled (contract voice-applications.md
// sections 1 and 3). Plain data; src/account/patch.h holds the rules by which it changes.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/time.h"

namespace portico::account {

enum class Method : unsigned char { get, post };
std::string_view method_name(Method method);  // "GET", "POST"
std::optional<Method> parse_method(std::string_view text);

// HTTP Basic credentials for the customer's backend. We must present them, so they are kept as they are,
// unlike SIP passwords: never log them, never send them in a reply.
struct BasicCredentials {
  std::string user_id;
  std::string password;

  friend bool operator==(const BasicCredentials&, const BasicCredentials&) = default;
};

// HA1 of RFC 7616 section 3.4.2 in lower-case hex, over "user:realm:password". The password itself is not
// kept. `realm` says which realm they were made for: after a change of the deployment's realm they cannot
// match.
struct DigestSecrets {
  std::string realm;
  std::string ha1_sha256;
  std::string ha1_md5;

  friend bool operator==(const DigestSecrets&, const DigestSecrets&) = default;
};

inline constexpr Millis kCallbackTimeoutDefault{15'000};

struct Callbacks {
  std::string initiated_url;  // empty: none; the call is answered by `Application::inline_bxml`
  Method initiated_method = Method::post;
  std::string initiated_fallback_url;  // empty: none
  Method initiated_fallback_method = Method::post;
  std::optional<BasicCredentials> initiated_fallback_credentials;
  std::string status_url;  // gets `disconnect` of inbound calls; empty: not sent
  Method status_method = Method::post;
  std::optional<BasicCredentials> credentials;  // for `initiate` and `disconnect`
  Millis timeout = kCallbackTimeoutDefault;     // 1..25 s

  friend bool operator==(const Callbacks&, const Callbacks&) = default;
};

struct Application {
  std::string id;  // UUID, lower case
  std::string account_id;
  std::string name;
  bool inbound_sip_enabled = false;
  bool password_auth_enabled = false;
  std::vector<Cidr> allowed_sources;         // canonical; empty: any source if the password is right
  std::vector<std::string> allowed_regions;  // empty: no region
  std::string sip_user;                      // UUID, lower case: user part of sipUri; empty while disabled
  DigestSecrets digest;                      // empty while password_auth_enabled is false
  bool require_tls = false;                  // refuse INVITEs over UDP and TCP
  bool require_srtp = false;                 // refuse offers without SRTP
  Callbacks callbacks;
  std::string inline_bxml;  // answers the calls when callbacks.initiated_url is empty
  WallTime created{};
  WallTime updated{};
  std::uint64_t version = 1;  // counts changes; the ETag

  bool allows_source(IpAddress source) const;          // true when there is no list; does not allocate
  bool allows_region(std::string_view region) const;   // does not allocate
  std::string sip_uri(std::string_view domain) const;  // "sip:<uuid>@<domain>"; empty while disabled

  friend bool operator==(const Application&, const Application&) = default;
};

}  // namespace portico::account
