#pragma once
// How an application is made and changed: JSON merge patch (RFC 7396) with the rules of contract
// voice-applications.md section 3 "PATCH semantics". Pure: time and chance come in `Fresh`. Every fault of
// one request is reported together, and a request with a fault changes nothing.

#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "account/application.h"
#include "account/deployment.h"

namespace portico::account {

// One member of the JSON body.
template <typename T>
struct Given {
  enum class How : unsigned char { absent, null, wrong_type, value };
  How how = How::absent;
  T value{};

  Given() = default;
  Given(T v) : how(How::value), value(std::move(v)) {}  // NOLINT: a value given is the normal case
  static Given null() { return of(How::null); }
  static Given wrong_type() { return of(How::wrong_type); }
  bool absent() const { return how == How::absent; }
  bool has_value() const { return how == How::value; }

 private:
  static Given of(How h) {
    Given given;
    given.how = h;
    return given;
  }
};

struct CredentialsPatch {
  Given<std::string> user_id;
  Given<std::string> password;  // absent: unchanged, as passwords are never shown to be sent back
};

// The fields by their wire names in camelCase; see `Application` and `Callbacks`.
struct Patch {
  Given<std::string> application_id;     // read-only
  Given<std::string> sip_uri;            // read-only
  Given<std::string> sip_auth_password;  // read-only
  Given<std::string> application_name;
  Given<bool> inbound_sip_calls_enabled;
  Given<bool> password_auth_enabled;
  Given<std::vector<std::string>> allowed_source_ips;
  Given<std::vector<std::string>> allowed_regions;
  Given<bool> require_tls;
  Given<bool> require_srtp;
  Given<std::string> call_initiated_callback_url;
  Given<std::string> call_initiated_method;
  Given<std::string> call_initiated_fallback_url;
  Given<std::string> call_initiated_fallback_method;
  Given<CredentialsPatch> call_initiated_fallback_creds;
  Given<std::string> call_status_callback_url;
  Given<std::string> call_status_method;
  Given<CredentialsPatch> callback_creds;
  Given<double> callback_timeout;  // seconds
  Given<std::string> inline_bxml;
};

struct Fault {
  std::string field;        // wire name, for errors[].source.field
  std::string description;  // one sentence

  friend bool operator==(const Fault&, const Fault&) = default;
};
using Faults = std::vector<Fault>;

struct Fresh {
  WallTime now{};
  std::string application_id;  // UUIDs, lower case
  std::string sip_user;
  std::string password;  // kPasswordLength characters of [A-Za-z0-9]
};
inline constexpr std::size_t kPasswordLength = 32;
Fresh make_fresh(WallTime now);  // from the system's CSPRNG

struct Changed {
  Application application;
  std::optional<std::string> one_time_password;  // only when this change made one; never stored
};

tl::expected<Changed, Faults> create(const std::string& account_id, const Patch& patch,
                                     const Deployment& deployment, const Fresh& fresh);
tl::expected<Changed, Faults> merge(const Application& current, const Patch& patch,
                                    const Deployment& deployment, const Fresh& fresh);

}  // namespace portico::account
