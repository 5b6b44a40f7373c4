#include "store/sqlite/tables.h"

namespace portico::store::sqlite {

Result<void> put_number(Connection& db, const account::Number& number) {
  return db
      .query(
          "INSERT INTO numbers (e164, account_id, application_id) VALUES (?, ?, ?)"
          " ON CONFLICT (e164) DO UPDATE SET account_id = excluded.account_id,"
          " application_id = excluded.application_id",
          number.e164, number.account_id, number.application_id)
      .run();
}

Result<void> delete_number(Connection& db, std::string_view e164) {
  if (auto done = db.query("DELETE FROM numbers WHERE e164 = ?", e164).run(); !done) return done;
  if (db.changes() == 0) return fail(Code::not_found, "no number " + std::string(e164));
  return {};
}

Result<std::vector<account::Number>> numbers_of(Connection& db, std::string_view account_id) {
  return all(
      db.query("SELECT e164, account_id, application_id FROM numbers WHERE account_id = ? ORDER BY e164",
               account_id),
      [](Statement& row) {
        account::Number number;
        number.e164 = row.text();
        number.account_id = row.text();
        number.application_id = row.text();
        return number;
      });
}

Result<bool> has_numbers(Connection& db, std::string_view application_id) {
  return one(
      db.query("SELECT EXISTS (SELECT 1 FROM numbers WHERE application_id = ?)", application_id),
      [](Statement& row) { return row.boolean(); }, "");
}

}  // namespace portico::store::sqlite
