#pragma once
// What a store needs before anybody can use it: an account, a client, and with --demo an application to call.

#include <cstdint>
#include <optional>
#include <string>

#include "account/application.h"
#include "account/deployment.h"
#include "account/store.h"
#include "portico/setting.h"

namespace portico::app {

struct Seeded {
  std::string account_id;
  // Only on the first start of an empty store: shown once.
  std::optional<std::string> client_id;
  std::optional<std::string> client_secret;
};
// What the settings say of the account's limits; those that were not given stay as they are.
struct LimitSettings {
  std::optional<std::uint32_t> calls_per_second;
  std::optional<std::uint32_t> concurrent_calls;
};

// `limits` are written into the account at each start, into a new one over the defaults. PORTICO_ACCOUNT_ID,
// PORTICO_CLIENT_ID and PORTICO_CLIENT_SECRET are taken instead of random values where they are not empty.
// Errors: invalid, naming the variable.
Result<Seeded> seed(account::Store& store, const LimitSettings& limits, const Environment& environment,
                    WallTime now);

struct Demo {
  std::string sip_uri;
  std::string username;
  std::string password;
};
// Makes the demo application if the account has no application yet; nothing otherwise.
Result<std::optional<Demo>> make_demo(account::Store& store, const account::Deployment& deployment,
                                      const std::string& account_id, WallTime now);

}  // namespace portico::app
