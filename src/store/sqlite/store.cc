// Connections and transactions; what is done inside them is in the files of the tables.

#include "store/sqlite/store.h"

#include <utility>

#include "base/counters.h"
#include "base/limits.h"
#include "base/log.h"
#include "store/sqlite/migrations.h"
#include "store/sqlite/tables.h"
#include "store/sqlite/write.h"

namespace portico::store::sqlite {

class SqliteStore::Lent {
 public:
  Lent(SqliteStore& owner, std::unique_ptr<Connection> connection)
      : owner_(&owner), connection_(std::move(connection)) {}
  Lent(Lent&&) = default;
  Lent& operator=(Lent&&) = delete;
  ~Lent() {
    if (connection_) owner_->give_back(std::move(connection_));
  }
  Connection& operator*() { return *connection_; }

 private:
  SqliteStore* owner_;
  std::unique_ptr<Connection> connection_;
};

SqliteStore::SqliteStore(Options options) : options_(std::move(options)) {}

Result<std::unique_ptr<SqliteStore>> SqliteStore::open(const Options& options) {
  std::unique_ptr<SqliteStore> store(new SqliteStore(options));
  auto writer = Connection::open(options);
  if (!writer) return fail(writer.error());
  store->writer_ = std::move(*writer);
  if (auto migrated = migrate(*store->writer_, read_clocks().wall); !migrated) return fail(migrated.error());
  const auto waiting = count_items(*store->writer_);
  if (!waiting) return fail(waiting.error());
  store->outbox_items_ = *waiting;
  return store;
}

Result<SqliteStore::Lent> SqliteStore::reader() {
  std::unique_lock lock(readers_mutex_);
  reader_free_.wait(lock, [&] { return !readers_free_.empty() || readers_made_ < options_.readers_max; });
  if (!readers_free_.empty()) {
    auto connection = std::move(readers_free_.back());
    readers_free_.pop_back();
    return Lent(*this, std::move(connection));
  }
  auto opened = Connection::open(options_);
  if (!opened) return fail(opened.error());
  ++readers_made_;
  return Lent(*this, std::move(*opened));
}

void SqliteStore::give_back(std::unique_ptr<Connection> connection) {
  {
    const std::lock_guard lock(readers_mutex_);
    readers_free_.push_back(std::move(connection));
  }
  reader_free_.notify_one();
}

// A transaction that nobody ends would be the last one of its connection.
template <typename Work>
std::invoke_result_t<Work, Connection&> SqliteStore::rolled_back_if_it_throws(Connection& db, Work& work) {
  try {
    return work(db);
  } catch (...) {
    (void)db.query("ROLLBACK").run();
    throw;
  }
}

template <typename Work>
std::invoke_result_t<Work, Connection&> SqliteStore::writing(Work work) {
  const std::lock_guard lock(writer_mutex_);
  return transaction(work);
}

template <typename Work>
std::invoke_result_t<Work, Connection&> SqliteStore::writing_synced(Work work) {
  struct Synced {
    explicit Synced(Connection& connection) : db(connection), begun(db.execute("PRAGMA synchronous=FULL")) {}
    ~Synced() { (void)db.execute("PRAGMA synchronous=NORMAL"); }
    Synced(const Synced&) = delete;
    Synced& operator=(const Synced&) = delete;
    Connection& db;
    Result<void> begun;
  };
  const std::lock_guard lock(writer_mutex_);
  const Synced synced(*writer_);
  if (!synced.begun) return fail(synced.begun.error());
  return transaction(work);
}

template <typename Work>
std::invoke_result_t<Work, Connection&> SqliteStore::transaction(Work& work) {
  Connection& db = *writer_;
  // IMMEDIATE: the wait for another process happens here, where nothing is lost yet.
  if (auto begun = db.query("BEGIN IMMEDIATE").run(); !begun) return fail(begun.error());
  auto done = rolled_back_if_it_throws(db, work);
  if (done) {
    const auto committed = db.query("COMMIT").run();
    if (committed) return done;
    done = fail(committed.error());
  }
  (void)db.query("ROLLBACK").run();
  return done;
}

template <typename Work>
std::invoke_result_t<Work, Connection&> SqliteStore::reading(Work work) {
  // A store in memory belongs to its one connection.
  if (options_.path == ":memory:") return writing(std::move(work));
  auto lent = reader();
  if (!lent) return fail(lent.error());
  Connection& db = **lent;
  if (auto begun = db.query("BEGIN").run(); !begun) return fail(begun.error());
  auto done = rolled_back_if_it_throws(db, work);
  (void)db.query("COMMIT").run();
  return done;
}

Result<void> SqliteStore::put_account(const account::Account& account) {
  return writing_synced([&](Connection& db) -> Result<void> {
    const auto change = bump_change(db);
    if (!change) return fail(change.error());
    return sqlite::put_account(db, account, *change);
  });
}

Result<void> SqliteStore::put_account(const account::Account& account, const account::Client& first) {
  return writing_synced([&](Connection& db) -> Result<void> {
    const auto change = bump_change(db);
    if (!change) return fail(change.error());
    auto put = sqlite::put_account(db, account, *change);
    return put ? sqlite::put_client(db, first) : put;
  });
}

Result<account::Account> SqliteStore::account(std::string_view id) {
  return reading([&](Connection& db) { return get_account(db, id); });
}

Result<std::vector<account::Account>> SqliteStore::accounts() {
  return reading([](Connection& db) { return accounts_since(db, 0); });
}

Result<void> SqliteStore::put_client(const account::Client& client) {
  return writing_synced([&](Connection& db) { return sqlite::put_client(db, client); });
}

Result<account::Client> SqliteStore::client(std::string_view id) {
  return reading([&](Connection& db) { return get_client(db, id); });
}

Result<std::vector<account::Client>> SqliteStore::clients(std::string_view account_id) {
  return reading([&](Connection& db) { return clients_of(db, account_id); });
}

Result<void> SqliteStore::delete_client(std::string_view id) {
  return writing_synced([&](Connection& db) { return sqlite::delete_client(db, id); });
}

Result<void> SqliteStore::put_token(const account::Token& token) {
  return writing([&](Connection& db) { return sqlite::put_token(db, token); });
}

Result<account::Token> SqliteStore::token(std::string_view sha256, WallTime now) {
  return reading([&](Connection& db) { return get_token(db, sha256, now); });
}

Result<void> SqliteStore::insert_application(const account::Application& application) {
  return writing_synced([&](Connection& db) -> Result<void> {
    const auto change = bump_change(db);
    if (!change) return fail(change.error());
    return sqlite::insert_application(db, application, *change);
  });
}

Result<account::Application> SqliteStore::application(std::string_view account_id, std::string_view id) {
  return reading([&](Connection& db) { return get_application(db, account_id, id); });
}

Result<void> SqliteStore::update_application(const account::Application& next, std::uint64_t expected) {
  return writing_synced([&](Connection& db) -> Result<void> {
    const auto change = bump_change(db);
    if (!change) return fail(change.error());
    return sqlite::update_application(db, next, expected, *change);
  });
}

Result<void> SqliteStore::delete_application(std::string_view account_id, std::string_view id,
                                             std::optional<std::uint64_t> expected) {
  return writing_synced([&](Connection& db) -> Result<void> {
    const auto change = bump_change(db);
    if (!change) return fail(change.error());
    return sqlite::delete_application(db, account_id, id, expected, *change, read_clocks().wall);
  });
}

Result<account::Page<account::Application>> SqliteStore::list_applications(std::string_view account_id,
                                                                           const account::PageRequest& page) {
  return reading([&](Connection& db) { return sqlite::list_applications(db, account_id, page); });
}

Result<void> SqliteStore::put_number(const account::Number& number) {
  return writing_synced([&](Connection& db) { return sqlite::put_number(db, number); });
}

Result<void> SqliteStore::delete_number(std::string_view e164) {
  return writing_synced([&](Connection& db) { return sqlite::delete_number(db, e164); });
}

Result<std::vector<account::Number>> SqliteStore::numbers(std::string_view account_id) {
  return reading([&](Connection& db) { return numbers_of(db, account_id); });
}

Result<std::uint64_t> SqliteStore::change_counter() {
  return reading([](Connection& db) { return read_change(db); });
}

Result<account::Changes> SqliteStore::changes_since(std::uint64_t counter) {
  return reading([&](Connection& db) -> Result<account::Changes> {
    account::Changes changes;
    const auto now = read_change(db);
    if (!now) return fail(now.error());
    changes.counter = *now;
    auto applications = applications_since(db, counter);
    if (!applications) return fail(applications.error());
    changes.applications = std::move(*applications);
    auto deleted = deletions_since(db, counter);
    if (!deleted) return fail(deleted.error());
    changes.deleted_application_ids = std::move(*deleted);
    auto accounts = accounts_since(db, counter);
    if (!accounts) return fail(accounts.error());
    changes.accounts = std::move(*accounts);
    return changes;
  });
}

Result<std::string> SqliteStore::server_secret(std::string_view name, std::size_t bytes) {
  return writing([&](Connection& db) { return get_or_make_secret(db, name, bytes); });
}

Result<account::CallRecord> SqliteStore::call(std::string_view account_id, std::string_view call_id) {
  return reading([&](Connection& db) { return get_call(db, account_id, call_id); });
}

Result<account::Page<account::CallRecord>> SqliteStore::list_calls(const account::CallFilter& filter,
                                                                   const account::PageRequest& page) {
  return reading([&](Connection& db) { return sqlite::list_calls(db, filter, page); });
}

Result<account::RecordingRecord> SqliteStore::recording(std::string_view account_id,
                                                        std::string_view recording_id) {
  return reading([&](Connection& db) { return get_recording(db, account_id, recording_id); });
}

Result<std::vector<account::RecordingRecord>> SqliteStore::list_recordings(
    const account::RecordingFilter& filter, std::size_t limit) {
  return reading([&](Connection& db) { return sqlite::list_recordings(db, filter, limit); });
}

Result<void> SqliteStore::delete_recording(std::string_view account_id, std::string_view recording_id) {
  return writing([&](Connection& db) { return sqlite::delete_recording(db, account_id, recording_id); });
}

Result<void> SqliteStore::forget_media(std::string_view account_id, std::string_view recording_id) {
  return writing([&](Connection& db) { return sqlite::forget_media(db, account_id, recording_id); });
}

Result<void> SqliteStore::forget_transcription(std::string_view account_id, std::string_view recording_id) {
  return writing([&](Connection& db) { return sqlite::forget_transcription(db, account_id, recording_id); });
}

Result<std::vector<account::CallRecord>> SqliteStore::open_calls(std::string_view after_call_id,
                                                                 std::size_t limit) {
  return reading([&](Connection& db) { return sqlite::open_calls(db, after_call_id, limit); });
}

Result<std::vector<account::RecordingRecord>> SqliteStore::open_recordings(
    std::string_view after_recording_id, std::size_t limit) {
  return reading([&](Connection& db) { return sqlite::open_recordings(db, after_recording_id, limit); });
}

Result<account::Page<account::AdmissionRow>> SqliteStore::list_admissions(std::string_view application_id,
                                                                          const account::PageRequest& page) {
  return reading([&](Connection& db) { return sqlite::list_admissions(db, application_id, page); });
}

Result<account::Page<account::WebhookExchange>> SqliteStore::list_webhooks(
    const account::WebhookFilter& filter, const account::PageRequest& page) {
  return reading([&](Connection& db) { return list_exchanges(db, filter, page); });
}

Result<void> SqliteStore::write(std::span<const account::Write> batch) {
  const std::uint64_t waiting = outbox_items_;
  std::uint64_t enqueued = 0;
  std::uint64_t dropped = 0;
  auto done = writing([&](Connection& db) -> Result<void> {
    for (const auto& write : batch) {
      const bool outbox_full = waiting + enqueued >= limits::kOutboxItemsMax;
      const auto applied = apply(db, write, trimmings_, outbox_full);
      if (!applied) return fail(applied.error());
      enqueued += *applied == Applied::enqueued ? 1 : 0;
      dropped += *applied == Applied::dropped ? 1 : 0;
    }
    return {};
  });
  if (!done) return done;  // and tried again
  outbox_items_ += enqueued;
  static auto& full =
      counter("portico_store_dropped_total", "Writes that were given up", {{"reason", "outbox_full"}});
  full.add(dropped);
  return done;
}

Result<void> SqliteStore::outbox_unclaim(WallTime now) {
  return writing([&](Connection& db) { return unclaim(db, now); });
}

Result<std::vector<account::OutboxItem>> SqliteStore::outbox_claim(WallTime now, WallTime lease_until,
                                                                   std::size_t limit) {
  if (outbox_items_ == 0) return std::vector<account::OutboxItem>();  // the usual case, asked often
  return writing([&](Connection& db) { return claim(db, now, lease_until, limit); });
}

Result<void> SqliteStore::outbox_done(std::string_view id) {
  const auto removed = writing([&](Connection& db) { return remove_item(db, id); });
  if (!removed) return fail(removed.error());
  if (*removed) --outbox_items_;
  return {};
}

Result<void> SqliteStore::outbox_retry(std::string_view id, std::uint32_t attempts, WallTime not_before) {
  return writing([&](Connection& db) { return retry_item(db, id, attempts, not_before); });
}

Result<std::uint64_t> SqliteStore::outbox_size() { return outbox_items_.load(); }

Result<std::vector<account::Store::ExpiredRecording>> SqliteStore::expire(const Expiry& before) {
  auto forgotten = writing([&](Connection& db) -> Result<void> {
    if (auto done = expire_tokens(db, before.now); !done) return done;
    if (auto done = expire_calls(db, before.calls_ended_before); !done) return done;
    if (auto done = expire_exchanges(db, before.webhooks_before); !done) return done;
    // By then every process has asked for changes, which it does twice a second.
    return expire_deletions(db, before.calls_ended_before);
  });
  // A full disk has no room for that. It has when the recordings are gone.
  if (!forgotten) log::warn("old records could not be removed", {{"error", forgotten.error().what}});
  return reading([&](Connection& db) { return expired_recordings(db, before.recordings_ended_before); });
}

Result<void> SqliteStore::forget_recordings(std::span<const std::string> recording_ids) {
  return writing([&](Connection& db) -> Result<void> {
    for (const auto& id : recording_ids) {
      if (auto gone = forget_recording(db, id); !gone) return gone;
    }
    return {};
  });
}

}  // namespace portico::store::sqlite
