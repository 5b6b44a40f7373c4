#pragma once
// The SQL of each table, one file a table. Called with a connection inside a transaction; see SqliteStore.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "account/store.h"
#include "store/sqlite/connection.h"

namespace portico::store::sqlite {

// change_counter.cc
Result<std::uint64_t> bump_change(Connection& db);
Result<std::uint64_t> read_change(Connection& db);

// accounts.cc
Result<void> put_account(Connection& db, const account::Account& account, std::uint64_t change);
Result<account::Account> get_account(Connection& db, std::string_view id);
Result<std::vector<account::Account>> accounts_since(Connection& db, std::uint64_t change);

// clients.cc
Result<void> put_client(Connection& db, const account::Client& client);
Result<account::Client> get_client(Connection& db, std::string_view id);
Result<std::vector<account::Client>> clients_of(Connection& db, std::string_view account_id);
Result<void> delete_client(Connection& db, std::string_view id);
Result<void> put_token(Connection& db, const account::Token& token);
Result<account::Token> get_token(Connection& db, std::string_view sha256, WallTime now);
Result<void> expire_tokens(Connection& db, WallTime now);

// applications.cc
Result<void> insert_application(Connection& db, const account::Application& application,
                                std::uint64_t change);
Result<account::Application> get_application(Connection& db, std::string_view account_id,
                                             std::string_view id);
Result<void> update_application(Connection& db, const account::Application& next, std::uint64_t expected,
                                std::uint64_t change);
Result<void> delete_application(Connection& db, std::string_view account_id, std::string_view id,
                                std::optional<std::uint64_t> expected, std::uint64_t change, WallTime now);
Result<account::Page<account::Application>> list_applications(Connection& db, std::string_view account_id,
                                                              const account::PageRequest& page);
Result<std::vector<account::Application>> applications_since(Connection& db, std::uint64_t change);
Result<std::vector<std::string>> deletions_since(Connection& db, std::uint64_t change);
Result<void> expire_deletions(Connection& db, WallTime before);

// numbers.cc
Result<void> put_number(Connection& db, const account::Number& number);
Result<void> delete_number(Connection& db, std::string_view e164);
Result<std::vector<account::Number>> numbers_of(Connection& db, std::string_view account_id);
Result<bool> has_numbers(Connection& db, std::string_view application_id);

// secrets.cc
Result<std::string> get_or_make_secret(Connection& db, std::string_view name, std::size_t bytes);

// calls.cc
Result<void> put_call(Connection& db, const account::CallRecord& call);
Result<account::CallRecord> get_call(Connection& db, std::string_view account_id, std::string_view call_id);
Result<account::Page<account::CallRecord>> list_calls(Connection& db, const account::CallFilter& filter,
                                                      const account::PageRequest& page);
Result<std::vector<account::CallRecord>> open_calls(Connection& db, std::string_view after_call_id,
                                                    std::size_t limit);
Result<void> expire_calls(Connection& db, WallTime ended_before);

// recordings.cc
Result<void> put_recording(Connection& db, const account::RecordingRecord& recording);
Result<account::RecordingRecord> get_recording(Connection& db, std::string_view account_id,
                                               std::string_view recording_id);
Result<std::vector<account::RecordingRecord>> list_recordings(Connection& db,
                                                              const account::RecordingFilter& filter,
                                                              std::size_t limit);
Result<std::vector<account::RecordingRecord>> open_recordings(Connection& db,
                                                              std::string_view after_recording_id,
                                                              std::size_t limit);
Result<void> delete_recording(Connection& db, std::string_view account_id, std::string_view recording_id);
Result<void> forget_media(Connection& db, std::string_view account_id, std::string_view recording_id);
Result<void> forget_transcription(Connection& db, std::string_view account_id, std::string_view recording_id);
Result<std::vector<account::Store::ExpiredRecording>> expired_recordings(Connection& db,
                                                                         WallTime ended_before);
Result<void> forget_recording(Connection& db, std::string_view recording_id);

// admissions.cc
Result<void> add_admission(Connection& db, const account::AdmissionRow& row);
Result<void> trim_admissions(Connection& db, std::string_view application_id);
Result<account::Page<account::AdmissionRow>> list_admissions(Connection& db, std::string_view application_id,
                                                             const account::PageRequest& page);

// webhook_exchanges.cc
Result<void> add_exchange(Connection& db, const account::WebhookExchange& exchange);
Result<void> trim_exchanges(Connection& db, std::string_view account_id);
Result<account::Page<account::WebhookExchange>> list_exchanges(Connection& db,
                                                               const account::WebhookFilter& filter,
                                                               const account::PageRequest& page);
Result<void> expire_exchanges(Connection& db, WallTime before);

// outbox.cc
Result<bool> enqueue(Connection& db, const account::OutboxItem& item);  // false: this id is there already
Result<void> unclaim(Connection& db, WallTime now);
Result<std::vector<account::OutboxItem>> claim(Connection& db, WallTime now, WallTime lease_until,
                                               std::size_t limit);
Result<bool> remove_item(Connection& db, std::string_view id);  // false: was not there
Result<void> retry_item(Connection& db, std::string_view id, std::uint32_t attempts, WallTime not_before);
Result<std::uint64_t> count_items(Connection& db);

}  // namespace portico::store::sqlite
