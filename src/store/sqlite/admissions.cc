#include "base/limits.h"
#include "store/cursor.h"
#include "store/sqlite/tables.h"

namespace portico::store::sqlite {
namespace {

struct Numbered {
  std::int64_t id = 0;
  account::AdmissionRow row;
};

Numbered read_admission(Statement& row) {
  Numbered out;
  out.id = row.integer();
  account::AdmissionRow& to = out.row;
  to.time = row.time();
  to.account_id = row.text();
  to.application_id = row.text();
  to.source = parse_endpoint(row.text()).value_or(Endpoint{});
  to.transport = row.text();
  to.region = row.text();
  to.sip_call_id = row.text();
  to.from = row.text();
  to.step = row.number<std::uint8_t>();
  to.reason = row.text();
  to.answer = row.number<std::uint16_t>();
  to.explanation = row.text();
  return out;
}

}  // namespace

Result<void> add_admission(Connection& db, const account::AdmissionRow& row) {
  const std::string source = row.source.to_string();
  return db
      .query(
          "INSERT INTO admissions (time, account_id, application_id, source, transport, region, sip_call_id,"
          " from_uri, step, reason, answer, explanation) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
          row.time, row.account_id, row.application_id, source, row.transport, row.region, row.sip_call_id,
          row.from, row.step, row.reason, row.answer, row.explanation)
      .run();
}

Result<void> trim_admissions(Connection& db, std::string_view application_id) {
  return db
      .query(
          "DELETE FROM admissions WHERE application_id = ?1 AND id <="
          " (SELECT id FROM admissions WHERE application_id = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)",
          application_id, limits::kAdmissionLogRowsMax)
      .run();
}

Result<account::Page<account::AdmissionRow>> list_admissions(Connection& db, std::string_view application_id,
                                                             const account::PageRequest& page) {
  std::int64_t before = INT64_MAX;
  if (!page.after.empty()) {
    const auto parsed = parse_cursor(page.after);
    if (!parsed) return fail(parsed.error());
    before = parsed->number;
  }
  // Rows beyond the log's limit may not be trimmed yet: they are not shown.
  auto rows =
      all(db.query("SELECT id, time, account_id, application_id, source, transport, region, sip_call_id,"
                   " from_uri, step, reason, answer, explanation FROM (SELECT * FROM admissions"
                   " WHERE application_id = ?1 ORDER BY id DESC LIMIT ?2) WHERE id < ?3"
                   " ORDER BY id DESC LIMIT ?4",
                   application_id, limits::kAdmissionLogRowsMax, before, page.limit + 1),
          read_admission);
  if (!rows) return fail(rows.error());
  account::Page<account::AdmissionRow> out;
  const bool more = rows->size() > page.limit;
  if (more) rows->resize(page.limit);
  if (more) out.next = write_cursor({rows->back().id, ""});
  for (auto& numbered : *rows) out.items.push_back(std::move(numbered.row));
  return out;
}

}  // namespace portico::store::sqlite
