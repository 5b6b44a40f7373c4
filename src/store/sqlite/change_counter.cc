#include "store/sqlite/tables.h"

namespace portico::store::sqlite {

Result<std::uint64_t> bump_change(Connection& db) {
  // RETURNING is only done when the statement has been stepped to its end.
  auto bumped = db.query("UPDATE change_counter SET value = value + 1").run();
  if (!bumped) return fail(bumped.error());
  return read_change(db);
}

Result<std::uint64_t> read_change(Connection& db) {
  return one(
      db.query("SELECT value FROM change_counter"),
      [](Statement& row) { return row.number<std::uint64_t>(); }, "the change counter is missing");
}

}  // namespace portico::store::sqlite
