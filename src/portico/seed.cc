#include "portico/seed.h"

#include "account/patch.h"

namespace portico::app {
namespace {

constexpr std::string_view kDemoBxml = R"(<?xml version="1.0" encoding="UTF-8"?>
<Response>
  <SpeakSentence>Welcome to Portico. Your call is handled by a document.</SpeakSentence>
  <Gather gatherUrl="/demo/digit" maxDigits="1" firstDigitTimeout="5" repeatCount="2">
    <SpeakSentence>Please press a digit.</SpeakSentence>
  </Gather>
</Response>
)";

}  // namespace

Result<Seeded> seed(account::Store& store, const account::Limits& limits, const Environment& environment,
                    WallTime now) {
  auto accounts = store.accounts();
  if (!accounts) return fail(accounts.error());
  if (!accounts->empty()) return Seeded{.account_id = accounts->front().id};
  const account::Account account{.id = environment("PORTICO_ACCOUNT_ID").value_or(account::make_account_id()),
                                 .name = "Default",
                                 .limits = limits,
                                 .created = now};
  auto made = account::make_client(
      account.id, "first client",
      {account::Role::voice_applications, account::Role::voice, account::Role::operations}, now);
  if (const auto id = environment("PORTICO_CLIENT_ID")) made.client.id = *id;
  if (const auto secret = environment("PORTICO_CLIENT_SECRET")) {
    made.secret = *secret;
    made.client.secret_sha256 = account::hash_secret(*secret);
  }
  auto put = store.put_account(account);
  if (put) put = store.put_client(made.client);
  if (!put) return fail(put.error());
  return Seeded{.account_id = account.id, .client_id = made.client.id, .client_secret = made.secret};
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
