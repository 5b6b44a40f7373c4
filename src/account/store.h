#pragma once
// What Portico keeps. Implemented in store/. Every function blocks and may be called from any thread; call
// them on worker threads only, never while a call waits.
//
// Errors: not_found, conflict (a version has moved, or an id exists), busy (locked for longer than the store
// waits; try again), unavailable (the store cannot be reached), internal.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "account/account.h"
#include "account/admission_row.h"
#include "account/application.h"
#include "account/call_record.h"
#include "account/outbox_item.h"
#include "account/recording_record.h"
#include "account/webhook_exchange.h"
#include "base/result.h"

namespace portico::account {

template <typename T>
struct Page {
  std::vector<T> items;
  std::string next;         // opaque cursor of the next page; empty: this is the last
  std::uint64_t total = 0;  // of the whole list, where the list is counted
};

struct PageRequest {
  std::size_t limit = 100;
  std::string after;  // cursor; empty: from the start. A cursor that we did not make gives `invalid`.
};

// What changed since a counter value: enough to bring a Directory up to date.
struct Changes {
  std::uint64_t counter = 0;
  std::vector<Application> applications;
  std::vector<std::string> deleted_application_ids;
  std::vector<Account> accounts;
};

// The end of a call or a recording with the event that tells it: both are kept or neither, so that a process
// that dies between the two cannot lose the event or tell it twice.
struct EndWrite {
  std::variant<CallRecord, RecordingRecord> record;
  OutboxItem event;
};
// A write that nobody waits for. See store/write_behind.h.
using Write = std::variant<CallRecord, RecordingRecord, AdmissionRow, WebhookExchange, OutboxItem, EndWrite>;

class Store {
 public:
  virtual ~Store() = default;

  // Accounts and clients
  virtual Result<void> put_account(const Account& account) = 0;
  // An account with its first client: both are kept or neither.
  virtual Result<void> put_account(const Account& account, const Client& first) = 0;
  virtual Result<Account> account(std::string_view id) = 0;
  virtual Result<std::vector<Account>> accounts() = 0;
  virtual Result<void> put_client(const Client& client) = 0;
  virtual Result<Client> client(std::string_view id) = 0;
  virtual Result<std::vector<Client>> clients(std::string_view account_id) = 0;
  virtual Result<void> delete_client(std::string_view id) = 0;  // its tokens end with it
  virtual Result<void> put_token(const Token& token) = 0;       // also forgets tokens that have expired
  virtual Result<Token> token(std::string_view sha256, WallTime now) = 0;  // not_found when expired

  // Applications
  // conflict when the account has limits::kApplicationsPerAccountMax.
  virtual Result<void> insert_application(const Application& application) = 0;
  virtual Result<Application> application(std::string_view account_id, std::string_view id) = 0;
  // Replaces the row whose version is `expected`; conflict when it has moved on.
  virtual Result<void> update_application(const Application& next, std::uint64_t expected) = 0;
  // conflict when numbers are assigned, or when `expected` is given and differs.
  virtual Result<void> delete_application(std::string_view account_id, std::string_view id,
                                          std::optional<std::uint64_t> expected) = 0;
  // A page ends early once its documents have limits::kApplicationPageBytesMax.
  virtual Result<Page<Application>> list_applications(std::string_view account_id,
                                                      const PageRequest& page) = 0;
  virtual Result<void> put_number(const Number& number) = 0;
  virtual Result<void> delete_number(std::string_view e164) = 0;
  virtual Result<std::vector<Number>> numbers(std::string_view account_id) = 0;

  // Grows with each change of an account or application, by whatever process.
  virtual Result<std::uint64_t> change_counter() = 0;
  virtual Result<Changes> changes_since(std::uint64_t counter) = 0;  // 0: everything

  // A random secret of the deployment, made at the first asking; the same for all nodes. `bytes` is its
  // length.
  virtual Result<std::string> server_secret(std::string_view name, std::size_t bytes) = 0;

  // Calls and recordings
  virtual Result<CallRecord> call(std::string_view account_id, std::string_view call_id) = 0;
  // Oldest first. A page ends early once its texts have limits::kCallPageBytesMax.
  virtual Result<Page<CallRecord>> list_calls(const CallFilter& filter, const PageRequest& page) = 0;
  virtual Result<RecordingRecord> recording(std::string_view account_id, std::string_view recording_id) = 0;
  virtual Result<std::vector<RecordingRecord>> list_recordings(const RecordingFilter& filter,
                                                               std::size_t limit) = 0;
  virtual Result<void> delete_recording(std::string_view account_id, std::string_view recording_id) = 0;
  // The record goes on without its sound (`deleted`), or without its transcription. not_found when there is
  // no such recording, or it has no transcription.
  virtual Result<void> forget_media(std::string_view account_id, std::string_view recording_id) = 0;
  virtual Result<void> forget_transcription(std::string_view account_id, std::string_view recording_id) = 0;
  // What a process that died left behind, of all accounts: calls that are not disconnected, by id, those
  // behind `after_call_id`; recordings that are `processing`, in the same way. Costs what it finds, however
  // much is kept.
  virtual Result<std::vector<CallRecord>> open_calls(std::string_view after_call_id, std::size_t limit) = 0;
  virtual Result<std::vector<RecordingRecord>> open_recordings(std::string_view after_recording_id,
                                                               std::size_t limit) = 0;

  // Logs, newest first. Bounded: the oldest rows go when a log is full.
  virtual Result<Page<AdmissionRow>> list_admissions(std::string_view application_id,
                                                     const PageRequest& page) = 0;
  // A page ends early once its bodies have limits::kWebhookPageBytesMax.
  virtual Result<Page<WebhookExchange>> list_webhooks(const WebhookFilter& filter,
                                                      const PageRequest& page) = 0;

  // Applies all of them or none, in order. A CallRecord or RecordingRecord replaces the one of the same id.
  virtual Result<void> write(std::span<const Write> batch) = 0;

  // Outbox. A process that is alone with the store begins with `outbox_unclaim`: what an earlier one had
  // claimed, or put off until after `now` by another clock, is due. Claims up to `limit` items that are due
  // and first of their ordering key; nobody else gets them until `lease_until`. Then `outbox_done`, or
  // `outbox_retry` with the next time.
  virtual Result<void> outbox_unclaim(WallTime now) = 0;
  virtual Result<std::vector<OutboxItem>> outbox_claim(WallTime now, WallTime lease_until,
                                                       std::size_t limit) = 0;
  virtual Result<void> outbox_done(std::string_view id) = 0;
  virtual Result<void> outbox_retry(std::string_view id, std::uint32_t attempts, WallTime not_before) = 0;
  virtual Result<std::uint64_t> outbox_size() = 0;

  // Forgets calls that ended, exchanges and tokens that are older than allowed, and gives the recordings that
  // are, in any case; none that is still being made. Those stay until `forget_recordings`: their media goes
  // first, or nobody would know of it.
  struct Expiry {
    WallTime calls_ended_before{};
    WallTime recordings_ended_before{};
    WallTime webhooks_before{};
    WallTime now{};
  };
  struct ExpiredRecording {
    std::string recording_id;
    std::vector<std::string> object_keys;
  };
  virtual Result<std::vector<ExpiredRecording>> expire(const Expiry& before) = 0;
  virtual Result<void> forget_recordings(std::span<const std::string> recording_ids) = 0;
};

}  // namespace portico::account
