#include <algorithm>

#include "base/limits.h"
#include "store/cursor.h"
#include "store/sqlite/tables.h"

#define PORTICO_EXCHANGE_COLUMNS                                                        \
  "id, time, account_id, application_id, call_id, event, url, method, status, latency," \
  " attempt, fallback, request_body, response_body, error"
#define PORTICO_EXCHANGE_FILTER \
  " AND id < ?2 AND (?4 IS NULL OR application_id = ?4) ORDER BY id DESC LIMIT ?5"

namespace portico::store::sqlite {
namespace {

account::WebhookExchange read_exchange(Statement& row) {
  account::WebhookExchange out;
  out.id = row.integer();
  out.time = row.time();
  out.account_id = row.text();
  out.application_id = row.text();
  out.call_id = row.text();
  out.event = row.text();
  out.url = row.text();
  out.method = account::parse_method(row.text()).value_or(account::Method::post);
  out.status = row.number<std::uint16_t>();
  out.latency = row.millis();
  out.attempt = row.number<std::uint32_t>();
  out.fallback = row.boolean();
  out.request_body = row.text();
  out.response_body = row.text();
  out.error = row.text();
  return out;
}

// Cut at a character's edge: the log is shown as JSON.
std::string_view kept(std::string_view body) {
  if (body.size() <= limits::kWebhookLogBodyBytesMax) return body;
  std::size_t size = limits::kWebhookLogBodyBytesMax;
  while (size > 0 && (static_cast<unsigned char>(body[size]) & 0xC0) == 0x80) --size;
  return body.substr(0, size);
}

// As JSON, where a control character takes six.
std::size_t shown_bytes(std::string_view body) {
  const auto controls =
      std::ranges::count_if(body, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
  return body.size() + 5 * static_cast<std::size_t>(controls);
}

}  // namespace

Result<void> add_exchange(Connection& db, const account::WebhookExchange& e) {
  return db
      .query(
          "INSERT INTO webhook_exchanges (time, account_id, application_id, call_id, event, url, method, "
          "status,"
          " latency, attempt, fallback, request_body, response_body, error)"
          " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
          e.time, e.account_id, e.application_id, e.call_id, e.event, e.url, account::method_name(e.method),
          e.status, e.latency, e.attempt, e.fallback, kept(e.request_body), kept(e.response_body), e.error)
      .run();
}

Result<void> trim_exchanges(Connection& db, std::string_view account_id) {
  return db
      .query(
          "DELETE FROM webhook_exchanges WHERE account_id = ?1 AND id <="
          " (SELECT id FROM webhook_exchanges WHERE account_id = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)",
          account_id, limits::kWebhookLogRowsMax)
      .run();
}

Result<account::Page<account::WebhookExchange>> list_exchanges(Connection& db,
                                                               const account::WebhookFilter& filter,
                                                               const account::PageRequest& page) {
  std::int64_t before = INT64_MAX;
  if (!page.after.empty()) {
    const auto parsed = parse_cursor(page.after);
    if (!parsed) return fail(parsed.error());
    before = parsed->number;
  }
  // SQLite chooses before it knows what is null: for one call it would walk all rows of the account.
  const char* sql = filter.call_id
                        ? "SELECT " PORTICO_EXCHANGE_COLUMNS
                          " FROM webhook_exchanges INDEXED BY webhook_exchanges_by_call WHERE call_id = ?3"
                          " AND account_id = ?1" PORTICO_EXCHANGE_FILTER
                        : "SELECT " PORTICO_EXCHANGE_COLUMNS
                          " FROM webhook_exchanges WHERE account_id = ?1" PORTICO_EXCHANGE_FILTER;
  auto rows = db.query(sql, filter.account_id, before, filter.call_id, filter.application_id, page.limit + 1);
  account::Page<account::WebhookExchange> out;
  std::size_t bytes = 0;
  while (rows.step()) {
    if (out.items.size() == page.limit || bytes >= limits::kWebhookPageBytesMax) {
      out.next = write_cursor({out.items.back().id, ""});
      return out;
    }
    const auto& added = out.items.emplace_back(read_exchange(rows));
    bytes += shown_bytes(added.request_body) + shown_bytes(added.response_body);
  }
  if (auto result = rows.result(); !result) return fail(result.error());
  return out;
}

Result<void> expire_exchanges(Connection& db, WallTime before) {
  return db.query("DELETE FROM webhook_exchanges WHERE time < ?", before).run();
}

}  // namespace portico::store::sqlite
