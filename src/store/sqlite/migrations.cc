#include "store/sqlite/migrations.h"

#include <array>

#include "store/sqlite/schema_0001.h"
#include "store/sqlite/schema_0002.h"
#include "store/sqlite/schema_0003.h"
#include "store/sqlite/schema_0004.h"

namespace portico::store::sqlite {
namespace {

// Migration n takes a file from schema n to n + 1.
constexpr std::array kMigrations{kSchema0001, kSchema0002, kSchema0003, kSchema0004};

Result<std::int64_t> schema_of(Connection& connection) {
  return one(
      connection.query("SELECT coalesce(max(version), 0) FROM schema_version"),
      [](Statement& row) { return row.integer(); }, "schema_version is unreadable");
}

Result<void> missing_migrations(Connection& connection, WallTime now) {
  const auto version = schema_of(connection);
  if (!version) return fail(version.error());
  if (*version > newest_schema()) {
    return fail(Code::unsupported, "the store has schema " + std::to_string(*version) +
                                       ", written by a newer " + "Portico; this one knows schemas up to " +
                                       std::to_string(newest_schema()) +
                                       ": start the newer version, or give another --store");
  }
  for (auto next = *version; next < newest_schema(); ++next) {
    if (auto done = connection.execute(kMigrations[static_cast<std::size_t>(next)]); !done) return done;
    auto noted =
        connection.query("INSERT INTO schema_version (version, done) VALUES (?, ?)", next + 1, now).run();
    if (!noted) return noted;
  }
  return {};
}

}  // namespace

std::int64_t newest_schema() { return static_cast<std::int64_t>(kMigrations.size()); }

Result<void> migrate(Connection& connection, WallTime now) {
  if (auto begun = connection.execute("BEGIN IMMEDIATE"); !begun) return begun;
  auto done = connection.execute(
      "CREATE TABLE IF NOT EXISTS schema_version (version INTEGER PRIMARY KEY, done INTEGER NOT NULL)");
  if (done) done = missing_migrations(connection, now);
  if (!done) {
    (void)connection.execute("ROLLBACK");
    return done;
  }
  return connection.execute("COMMIT");
}

}  // namespace portico::store::sqlite
