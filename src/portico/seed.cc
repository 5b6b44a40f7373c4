#include "portico/seed.h"

#include <algorithm>

#include "account/patch.h"

namespace portico::app {
namespace {

constexpr std::size_t kIdBytesMax = 64;
constexpr std::size_t kSecretBytesMin = 16;

bool is_plain(char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7F; }

// A segment of the keys of the account's recordings.
bool is_account_id(std::string_view text) {
  return text.size() <= kIdBytesMax && std::ranges::all_of(text, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                  c == '_';
         });
}
// The name of HTTP Basic, which a colon ends.
bool is_client_id(std::string_view text) {
  return text.size() <= kIdBytesMax && std::ranges::all_of(text, is_plain) &&
         text.find(':') == std::string_view::npos;
}
bool is_secret(std::string_view text) {
  return text.size() >= kSecretBytesMin && std::ranges::all_of(text, is_plain);
}

// The variable if it says something, else `random`.
Result<std::string> chosen(const Environment& environment, const std::string& name, std::string random,
                           bool (*fits)(std::string_view), const char* form) {
  auto value = environment(name).value_or("");
  if (value.empty()) return random;
  if (!fits(value)) return fail(Code::invalid, name + " must be " + form);
  return value;
}

account::Limits over(account::Limits present, const LimitSettings& given) {
  return {.concurrent_calls = given.concurrent_calls.value_or(present.concurrent_calls),
          .calls_per_second = given.calls_per_second.value_or(present.calls_per_second)};
}

Result<void> take_limits(account::Store& store, account::Account account, const LimitSettings& given) {
  const auto limits = over(account.limits, given);
  if (limits == account.limits) return {};
  account.limits = limits;
  return store.put_account(account);
}

constexpr std::string_view kDemoBxml = R"(<?xml version="1.0" encoding="UTF-8"?>
<Response>
  <SpeakSentence>Welcome to Portico. Your call is handled by a document.</SpeakSentence>
  <Gather gatherUrl="/demo/digit" maxDigits="1" firstDigitTimeout="5" repeatCount="2">
    <SpeakSentence>Please press a digit.</SpeakSentence>
  </Gather>
</Response>
)";

}  // namespace

Result<Seeded> seed(account::Store& store, const LimitSettings& limits, const Environment& environment,
                    WallTime now) {
  auto accounts = store.accounts();
  if (!accounts) return fail(accounts.error());
  if (!accounts->empty()) {
    const auto taken = take_limits(store, accounts->front(), limits);
    if (!taken) return fail(taken.error());
    return Seeded{.account_id = accounts->front().id};
  }
  const auto account_id = chosen(environment, "PORTICO_ACCOUNT_ID", account::make_account_id(), is_account_id,
                                 "1 to 64 letters, digits, '-' and '_'");
  if (!account_id) return fail(account_id.error());
  auto made = account::make_client(
      *account_id, "first client",
      {account::Role::voice_applications, account::Role::voice, account::Role::operations}, now);
  auto client_id = chosen(environment, "PORTICO_CLIENT_ID", made.client.id, is_client_id,
                          "1 to 64 characters without ':' and control characters");
  if (!client_id) return fail(client_id.error());
  auto secret = chosen(environment, "PORTICO_CLIENT_SECRET", made.secret, is_secret,
                       "16 characters or more, none of them a control character");
  if (!secret) return fail(secret.error());
  made.client.id = std::move(*client_id);
  made.client.secret_sha256 = account::hash_secret(*secret);
  const auto put = store.put_account(
      {.id = *account_id, .name = "Default", .limits = over({}, limits), .created = now}, made.client);
  if (!put) return fail(put.error());
  return Seeded{.account_id = *account_id, .client_id = made.client.id, .client_secret = std::move(*secret)};
}

Result<std::optional<Demo>> make_demo(account::Store& store, const account::Deployment& deployment,
                                      const std::string& account_id, WallTime now) {
  const auto present = store.list_applications(account_id, {.limit = 1});
  if (!present) return fail(present.error());
  if (!present->items.empty()) return std::nullopt;
  account::Patch patch;
  patch.application_name = std::string("Demo");
  patch.inbound_sip_calls_enabled = true;
  patch.password_auth_enabled = true;
  patch.allowed_regions = deployment.regions;
  patch.inline_bxml = std::string(kDemoBxml);
  const auto made = account::create(account_id, patch, deployment, account::make_fresh(now));
  if (!made)
    return fail(Code::internal, "the demo application is refused: " + made.error().front().description);
  const auto inserted = store.insert_application(made->application);
  if (!inserted) return fail(inserted.error());
  return Demo{.sip_uri = made->application.sip_uri(deployment.domain),
              .username = made->application.sip_user,
              .password = made->one_time_password.value_or("")};
}

}  // namespace portico::app
