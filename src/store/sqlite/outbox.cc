#include <algorithm>

#include "store/sqlite/tables.h"

namespace portico::store::sqlite {
namespace {

// How long a call's end waits for its digits: a backend that takes none is asked twice for each of them.
constexpr auto kDisconnectWait = 5min;

struct Sequenced {
  std::int64_t seq = 0;
  account::OutboxItem item;
};

std::optional<account::BasicCredentials> read_credentials(Statement& row) {
  auto user = row.maybe_text();
  auto password = row.maybe_text();
  if (!user) return std::nullopt;
  return account::BasicCredentials{std::move(*user), password.value_or("")};
}

account::Method read_method(Statement& row) {
  return account::parse_method(row.text()).value_or(account::Method::post);
}

Sequenced read_item(Statement& row) {
  Sequenced out;
  out.seq = row.integer();
  account::OutboxItem& to = out.item;
  to.id = row.text();
  to.account_id = row.text();
  to.application_id = row.text();
  to.call_id = row.text();
  to.event = row.text();
  to.ordering_key = row.text();
  to.url = row.text();
  to.method = read_method(row);
  to.credentials = read_credentials(row);
  to.fallback_url = row.text();
  to.fallback_method = read_method(row);
  to.fallback_credentials = read_credentials(row);
  to.content_type = row.text();
  to.body = row.text();
  to.timeout = row.millis();
  to.attempts = row.number<std::uint32_t>();
  to.created = row.time();
  to.not_before = row.time();
  return out;
}

void bind_credentials(Statement& statement, const std::optional<account::BasicCredentials>& credentials) {
  if (credentials) {
    statement.bind(credentials->user_id);
    statement.bind(credentials->password);
  } else {
    statement.bind(std::nullopt);
    statement.bind(std::nullopt);
  }
}

}  // namespace

Result<bool> enqueue(Connection& db, const account::OutboxItem& item) {
  Statement insert = db.query(
      "INSERT OR IGNORE INTO outbox (id, account_id, application_id, call_id, event, ordering_key, url, "
      "method,"
      " user_id, password, fallback_url, fallback_method, fallback_user_id, fallback_password, content_type, "
      "body,"
      " timeout, attempts, created, not_before, leased_until)"
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)",
      item.id, item.account_id, item.application_id, item.call_id, item.event, item.ordering_key, item.url,
      account::method_name(item.method));
  bind_credentials(insert, item.credentials);
  insert.bind(item.fallback_url);
  insert.bind(account::method_name(item.fallback_method));
  bind_credentials(insert, item.fallback_credentials);
  insert.bind(item.content_type);
  insert.bind(item.body);
  insert.bind(item.timeout);
  insert.bind(item.attempts);
  insert.bind(item.created);
  insert.bind(item.not_before);
  if (auto done = insert.run(); !done) return fail(done.error());
  return db.changes() != 0;
}

Result<void> unclaim(Connection& db, WallTime now) {
  return db
      .query(
          "UPDATE outbox SET leased_until = 0, not_before = min(not_before, ?1)"
          " WHERE leased_until > 0 OR not_before > ?1",
          now)
      .run();
}

Result<std::vector<account::OutboxItem>> claim(Connection& db, WallTime now, WallTime lease_until,
                                               std::size_t limit) {
  auto rows = all(
      db.query("UPDATE outbox SET leased_until = ?2 WHERE seq IN (SELECT seq FROM outbox AS mine"
               " WHERE not_before <= ?1 AND leased_until <= ?1 AND NOT EXISTS (SELECT 1 FROM outbox"
               " AS earlier WHERE earlier.ordering_key = mine.ordering_key AND earlier.seq < mine.seq)"
               " AND NOT (event = 'disconnect' AND created > ?4 AND EXISTS (SELECT 1 FROM outbox AS digit"
               " WHERE digit.ordering_key > mine.call_id || ' ' AND digit.ordering_key < mine.call_id || '!'"
               " AND digit.event = 'dtmf' AND digit.seq < mine.seq))"
               " ORDER BY seq LIMIT ?3) RETURNING seq, id, account_id, application_id, call_id, event,"
               " ordering_key, url, method, user_id, password, fallback_url, fallback_method,"
               " fallback_user_id, fallback_password, content_type, body, timeout, attempts, created,"
               " not_before",
               now, lease_until, limit, now - kDisconnectWait),
      read_item);
  if (!rows) return fail(rows.error());
  // RETURNING promises no order.
  std::sort(rows->begin(), rows->end(), [](const Sequenced& a, const Sequenced& b) { return a.seq < b.seq; });
  std::vector<account::OutboxItem> items;
  for (auto& row : *rows) items.push_back(std::move(row.item));
  return items;
}

Result<bool> remove_item(Connection& db, std::string_view id) {
  if (auto done = db.query("DELETE FROM outbox WHERE id = ?", id).run(); !done) return fail(done.error());
  return db.changes() != 0;
}

Result<void> retry_item(Connection& db, std::string_view id, std::uint32_t attempts, WallTime not_before) {
  auto done = db.query("UPDATE outbox SET attempts = ?, not_before = ?, leased_until = 0 WHERE id = ?",
                       attempts, not_before, id)
                  .run();
  if (!done) return done;
  if (db.changes() == 0) return fail(Code::not_found, "no outbox item " + std::string(id));
  return {};
}

Result<std::uint64_t> count_items(Connection& db) {
  return one(
      db.query("SELECT count(*) FROM outbox"), [](Statement& row) { return row.number<std::uint64_t>(); },
      "");
}

}  // namespace portico::store::sqlite
