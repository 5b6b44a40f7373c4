#include "base/limits.h"
#include "store/cursor.h"
#include "store/sqlite/json_columns.h"
#include "store/sqlite/tables.h"

#define PORTICO_CALL_COLUMNS                                                                               \
  "call_id, account_id, application_id, parent_call_id, to_uri, from_uri, direction, state, stir_shaken, " \
  "identity,"                                                                                              \
  " created, enqueued, started, answered, ended, disconnect_cause, error_message, error_id, last_update,"  \
  " sip_call_id, node, media_encryption, tag"

namespace portico::store::sqlite {
namespace {

account::CallRecord read_call(Statement& row) {
  account::CallRecord call;
  call.call_id = row.text();
  call.account_id = row.text();
  call.application_id = row.text();
  call.parent_call_id = row.maybe_text();
  call.to = row.text();
  call.from = row.text();
  call.direction = account::parse_direction(row.text()).value_or(account::Direction::inbound);
  call.state = row.text();
  call.stir_shaken = map_from_json(row.text());
  call.identity = row.maybe_text();
  call.created = row.time();
  call.enqueued = row.maybe_time();
  call.started = row.maybe_time();
  call.answered = row.maybe_time();
  call.ended = row.maybe_time();
  call.disconnect_cause = row.maybe_text();
  call.error_message = row.maybe_text();
  call.error_id = row.maybe_text();
  call.last_update = row.time();
  call.sip_call_id = row.text();
  call.node = row.text();
  call.media_encryption = row.text();
  call.tag = row.maybe_text();
  return call;
}

// Of what a caller or a backend has written; the rest of a row is short.
std::size_t text_bytes(const account::CallRecord& call) {
  return call.to.size() + call.from.size() + call.sip_call_id.size() + call.identity.value_or("").size() +
         call.error_message.value_or("").size() + call.tag.value_or("").size();
}

}  // namespace

Result<void> put_call(Connection& db, const account::CallRecord& call) {
  const std::string stir_shaken = map_to_json(call.stir_shaken);
  // The WHERE keeps a late write from undoing a newer one.
  return db
      .query(
          "INSERT INTO calls (" PORTICO_CALL_COLUMNS
          ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
          " ON CONFLICT (call_id) DO UPDATE SET state = excluded.state, stir_shaken = excluded.stir_shaken,"
          " identity = excluded.identity, enqueued = excluded.enqueued, started = excluded.started,"
          " answered = excluded.answered, ended = excluded.ended,"
          " disconnect_cause = excluded.disconnect_cause, error_message = excluded.error_message,"
          " error_id = excluded.error_id, last_update = excluded.last_update,"
          " sip_call_id = excluded.sip_call_id, node = excluded.node,"
          " media_encryption = excluded.media_encryption, tag = excluded.tag"
          " WHERE excluded.last_update >= last_update",
          call.call_id, call.account_id, call.application_id, call.parent_call_id, call.to, call.from,
          account::direction_name(call.direction), call.state, stir_shaken, call.identity, call.created,
          call.enqueued, call.started, call.answered, call.ended, call.disconnect_cause, call.error_message,
          call.error_id, call.last_update, call.sip_call_id, call.node, call.media_encryption, call.tag)
      .run();
}

Result<account::CallRecord> get_call(Connection& db, std::string_view account_id, std::string_view call_id) {
  return one(db.query("SELECT " PORTICO_CALL_COLUMNS " FROM calls WHERE call_id = ? AND account_id = ?",
                      call_id, account_id),
             read_call, "Call [" + std::string(call_id) + "] not found");
}

Result<account::Page<account::CallRecord>> list_calls(Connection& db, const account::CallFilter& filter,
                                                      const account::PageRequest& page) {
  Cursor after{.number = -1};
  if (!page.after.empty()) {
    auto parsed = parse_cursor(page.after);
    if (!parsed) return fail(parsed.error());
    after = std::move(*parsed);
  }
  // One row more than asked for tells whether there is a next page.
  auto rows = db.query("SELECT " PORTICO_CALL_COLUMNS
                       " FROM calls WHERE account_id = ?1 AND (created, call_id) > (?2, ?3)"
                       " AND (?4 IS NULL OR to_uri = ?4) AND (?5 IS NULL OR from_uri = ?5)"
                       " AND (?6 IS NULL OR started >= ?6) AND (?7 IS NULL OR started <= ?7)"
                       " AND (?8 IS NULL OR disconnect_cause = ?8) ORDER BY created, call_id LIMIT ?9",
                       filter.account_id, after.number, after.id, filter.to, filter.from, filter.started_from,
                       filter.started_until, filter.disconnect_cause, page.limit + 1);
  account::Page<account::CallRecord> out;
  std::size_t bytes = 0;
  while (rows.step()) {
    if (out.items.size() == page.limit || bytes >= limits::kCallPageBytesMax) {
      const auto& last = out.items.back();
      out.next = write_cursor({last.created.time_since_epoch().count(), last.call_id});
      break;
    }
    bytes += text_bytes(out.items.emplace_back(read_call(rows)));
  }
  if (auto result = rows.result(); !result) return fail(result.error());
  return out;
}

// The condition is that of the index calls_open, word for word: SQLite takes a partial index only then.
Result<std::vector<account::CallRecord>> open_calls(Connection& db, std::string_view after_call_id,
                                                    std::size_t limit) {
  return all(db.query("SELECT " PORTICO_CALL_COLUMNS
                      " FROM calls INDEXED BY calls_open WHERE state <> 'disconnected' AND call_id > ?"
                      " ORDER BY call_id LIMIT ?",
                      after_call_id, limit),
             read_call);
}

Result<void> expire_calls(Connection& db, WallTime ended_before) {
  return db.query("DELETE FROM calls WHERE ended < ?", ended_before).run();
}

}  // namespace portico::store::sqlite
