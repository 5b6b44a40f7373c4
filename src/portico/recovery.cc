#include "portico/recovery.h"

#include "base/ids.h"
#include "base/log.h"
#include "call/event_fields.h"

namespace portico::app {
namespace {

constexpr std::size_t kPage = 1'000;

void end_call(account::CallRecord call, const account::Application* application, call::Webhooks& webhooks,
              call::Records& records, const std::string& base_url, WallTime now) {
  call.state = "disconnected";
  call.ended = now;
  call.last_update = now;
  call.disconnect_cause = "error";
  call.error_message = "the server ended in the middle of the call";
  call.error_id = new_uuid();
  records.save(call);
  log::warn("a call was cut off by the end of the server",
            {{"callId", call.call_id}, {"errorId", *call.error_id}});
  if (application == nullptr || application->callbacks.status_url.empty()) return;
  const auto& callbacks = application->callbacks;
  webhooks.tell(call::webhook_of(call, call::disconnect_fields(call, base_url, {}, now),
                                 call::status_callback(callbacks), callbacks.timeout));
}

}  // namespace

Result<std::size_t> end_orphaned_calls(account::Store& store, const account::Directory& directory,
                                       call::Webhooks& webhooks, call::Records& records,
                                       const std::string& node, const std::string& base_url, WallTime now) {
  auto accounts = store.accounts();
  if (!accounts) return fail(accounts.error());
  const auto snapshot = directory.snapshot();
  std::size_t ended = 0;
  for (const auto& account : *accounts) {
    account::PageRequest page{.limit = kPage};
    do {
      auto calls = store.list_calls({.account_id = account.id}, page);
      if (!calls) return fail(calls.error());
      for (auto& call : calls->items) {
        if (call.state == "disconnected" || call.node != node) continue;
        const auto* application = snapshot->by_id(call.application_id);
        end_call(std::move(call), application, webhooks, records, base_url, now);
        ++ended;
      }
      page.after = calls->next;
    } while (!page.after.empty());
  }
  return ended;
}

}  // namespace portico::app
