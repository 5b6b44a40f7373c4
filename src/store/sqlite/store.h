#pragma once
// account::Store on an SQLite file: one connection writes, a few read beside it (WAL). Any thread.

#include <array>
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "account/store.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/log_trimming.h"

namespace portico::store::sqlite {

class SqliteStore final : public account::Store {
 public:
  static Result<std::unique_ptr<SqliteStore>> open(const Options& options);

  Result<void> put_account(const account::Account& account) override;
  Result<void> put_account(const account::Account& account, const account::Client& first) override;
  Result<account::Account> account(std::string_view id) override;
  Result<std::vector<account::Account>> accounts() override;
  Result<void> put_client(const account::Client& client) override;
  Result<account::Client> client(std::string_view id) override;
  Result<std::vector<account::Client>> clients(std::string_view account_id) override;
  Result<void> delete_client(std::string_view id) override;
  Result<void> put_token(const account::Token& token) override;
  Result<account::Token> token(std::string_view sha256, WallTime now) override;

  Result<void> insert_application(const account::Application& application) override;
  Result<account::Application> application(std::string_view account_id, std::string_view id) override;
  Result<void> update_application(const account::Application& next, std::uint64_t expected) override;
  Result<void> delete_application(std::string_view account_id, std::string_view id,
                                  std::optional<std::uint64_t> expected) override;
  Result<account::Page<account::Application>> list_applications(std::string_view account_id,
                                                                const account::PageRequest& page) override;
  Result<void> put_number(const account::Number& number) override;
  Result<void> delete_number(std::string_view e164) override;
  Result<std::vector<account::Number>> numbers(std::string_view account_id) override;

  Result<std::uint64_t> change_counter() override;
  Result<account::Changes> changes_since(std::uint64_t counter) override;
  Result<std::string> server_secret(std::string_view name, std::size_t bytes) override;

  Result<account::CallRecord> call(std::string_view account_id, std::string_view call_id) override;
  Result<account::Page<account::CallRecord>> list_calls(const account::CallFilter& filter,
                                                        const account::PageRequest& page) override;
  Result<account::RecordingRecord> recording(std::string_view account_id,
                                             std::string_view recording_id) override;
  Result<std::vector<account::RecordingRecord>> list_recordings(const account::RecordingFilter& filter,
                                                                std::size_t limit) override;
  Result<void> delete_recording(std::string_view account_id, std::string_view recording_id) override;
  Result<void> forget_media(std::string_view account_id, std::string_view recording_id) override;
  Result<void> forget_transcription(std::string_view account_id, std::string_view recording_id) override;
  Result<std::vector<account::CallRecord>> open_calls(std::string_view after_call_id,
                                                      std::size_t limit) override;
  Result<std::vector<account::RecordingRecord>> open_recordings(std::string_view after_recording_id,
                                                                std::size_t limit) override;

  Result<account::Page<account::AdmissionRow>> list_admissions(std::string_view application_id,
                                                               const account::PageRequest& page) override;
  Result<account::Page<account::WebhookExchange>> list_webhooks(const account::WebhookFilter& filter,
                                                                const account::PageRequest& page) override;

  Result<void> write(std::span<const account::Write> batch) override;

  Result<void> outbox_unclaim(WallTime now) override;
  Result<std::vector<account::OutboxItem>> outbox_claim(WallTime now, WallTime lease_until,
                                                        std::size_t limit) override;
  Result<void> outbox_done(std::string_view id) override;
  Result<void> outbox_retry(std::string_view id, std::uint32_t attempts, WallTime not_before) override;
  Result<std::uint64_t> outbox_size() override;

  Result<std::vector<ExpiredRecording>> expire(const Expiry& before) override;
  Result<void> forget_recordings(std::span<const std::string> recording_ids) override;

 private:
  explicit SqliteStore(Options options);

  class Lent;  // a connection on loan
  Result<Lent> reader();
  void give_back(std::unique_ptr<Connection> connection);

  // `work(Connection&)` in one transaction: committed if it gives a value, rolled back if an error.
  template <typename Work>
  std::invoke_result_t<Work, Connection&> writing(Work work);
  // The same, and no power cut takes it back: what an administrator was told is done (ADR 0008).
  template <typename Work>
  std::invoke_result_t<Work, Connection&> writing_synced(Work work);
  template <typename Work>
  std::invoke_result_t<Work, Connection&> transaction(Work& work);  // holding writer_mutex_
  template <typename Work>
  static std::invoke_result_t<Work, Connection&> rolled_back_if_it_throws(Connection& db, Work& work);
  template <typename Work>
  std::invoke_result_t<Work, Connection&> reading(Work work);

  Options options_;
  std::mutex writer_mutex_;
  std::unique_ptr<Connection> writer_;
  LogTrimmings trimmings_;  // with writer_
  std::atomic<std::uint64_t> outbox_items_{0};

  std::mutex readers_mutex_;
  std::condition_variable reader_free_;
  std::vector<std::unique_ptr<Connection>> readers_free_;
  std::size_t readers_made_ = 0;
};

}  // namespace portico::store::sqlite
