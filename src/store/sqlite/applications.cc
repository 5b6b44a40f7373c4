#include "base/limits.h"
#include "store/cursor.h"
#include "store/sqlite/application_row.h"
#include "store/sqlite/tables.h"

namespace portico::store::sqlite {
namespace {

Unexpected no_application(std::string_view id) {
  return fail(Code::not_found, "no voice application " + std::string(id));
}

Result<std::uint64_t> count_applications(Connection& db, std::string_view account_id) {
  return one(
      db.query("SELECT count(*) FROM applications WHERE account_id = ?", account_id),
      [](Statement& row) { return row.number<std::uint64_t>(); }, "");
}

Result<void> check_version(Connection& db, std::string_view account_id, std::string_view id,
                           std::optional<std::uint64_t> expected) {
  const auto version = one(
      db.query("SELECT version FROM applications WHERE id = ? AND account_id = ?", id, account_id),
      [](Statement& row) { return row.number<std::uint64_t>(); }, "no voice application " + std::string(id));
  if (!version) return fail(version.error());
  if (expected && *expected != *version) {
    return fail(Code::conflict, "the voice application has changed: version " + std::to_string(*version));
  }
  return {};
}

}  // namespace

Result<void> insert_application(Connection& db, const account::Application& application,
                                std::uint64_t change) {
  const auto present = count_applications(db, application.account_id);
  if (!present) return fail(present.error());
  if (*present >= limits::kApplicationsPerAccountMax) {
    return fail(Code::conflict,
                "the account has " + std::to_string(*present) + " voice applications, and may have no more");
  }
  const ApplicationTexts texts(application);
  Statement insert =
      db.query("INSERT INTO applications (" PORTICO_APPLICATION_COLUMNS
               ", change) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
               " ?, ?, ?, ?, ?, ?, ?)");
  bind_application(insert, application, texts);
  insert.bind(change);
  return insert.run();
}

Result<account::Application> get_application(Connection& db, std::string_view account_id,
                                             std::string_view id) {
  return one(
      db.query("SELECT " PORTICO_APPLICATION_COLUMNS " FROM applications WHERE id = ? AND account_id = ?", id,
               account_id),
      read_application, "no voice application " + std::string(id));
}

Result<void> update_application(Connection& db, const account::Application& next, std::uint64_t expected,
                                std::uint64_t change) {
  if (auto good = check_version(db, next.account_id, next.id, expected); !good) return good;
  const ApplicationTexts texts(next);
  Statement update = db.query("UPDATE applications SET (" PORTICO_APPLICATION_COLUMNS
                              ", change) = (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15,"
                              " ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29)"
                              " WHERE id = ?1");
  bind_application(update, next, texts);
  update.bind(change);
  return update.run();
}

Result<void> delete_application(Connection& db, std::string_view account_id, std::string_view id,
                                std::optional<std::uint64_t> expected, std::uint64_t change, WallTime now) {
  if (auto good = check_version(db, account_id, id, expected); !good) return good;
  const auto numbers = has_numbers(db, id);
  if (!numbers) return fail(numbers.error());
  if (*numbers) return fail(Code::conflict, "phone numbers are assigned to the voice application");
  if (auto done = db.query("DELETE FROM applications WHERE id = ?", id).run(); !done) return done;
  if (db.changes() == 0) return no_application(id);
  if (auto done = db.query("DELETE FROM admissions WHERE application_id = ?", id).run(); !done) return done;
  return db.query("INSERT INTO deleted_applications (id, deleted, change) VALUES (?, ?, ?)", id, now, change)
      .run();
}

Result<account::Page<account::Application>> list_applications(Connection& db, std::string_view account_id,
                                                              const account::PageRequest& page) {
  Cursor after{.number = -1};
  if (!page.after.empty()) {
    auto parsed = parse_cursor(page.after);
    if (!parsed) return fail(parsed.error());
    after = std::move(*parsed);
  }
  // One row more than asked for tells whether there is a next page.
  auto rows = db.query("SELECT " PORTICO_APPLICATION_COLUMNS
                       " FROM applications WHERE account_id = ?1 AND (created, id) > (?2, ?3)"
                       " ORDER BY created, id LIMIT ?4",
                       account_id, after.number, after.id, page.limit + 1);
  account::Page<account::Application> out;
  std::size_t bytes = 0;
  while (rows.step()) {
    if (out.items.size() == page.limit || bytes >= limits::kApplicationPageBytesMax) {
      const auto& last = out.items.back();
      out.next = write_cursor({last.created.time_since_epoch().count(), last.id});
      break;
    }
    bytes += out.items.emplace_back(read_application(rows)).inline_bxml.size();
  }
  if (auto result = rows.result(); !result) return fail(result.error());
  const auto total = count_applications(db, account_id);
  if (!total) return fail(total.error());
  out.total = *total;
  return out;
}

Result<std::vector<account::Application>> applications_since(Connection& db, std::uint64_t change) {
  return all(db.query("SELECT " PORTICO_APPLICATION_COLUMNS " FROM applications WHERE change > ?", change),
             read_application);
}

Result<std::vector<std::string>> deletions_since(Connection& db, std::uint64_t change) {
  // From the start there is nothing to forget.
  if (change == 0) return std::vector<std::string>();
  return all(db.query("SELECT id FROM deleted_applications WHERE change > ?", change),
             [](Statement& row) { return row.text(); });
}

Result<void> expire_deletions(Connection& db, WallTime before) {
  return db.query("DELETE FROM deleted_applications WHERE deleted < ?", before).run();
}

}  // namespace portico::store::sqlite
