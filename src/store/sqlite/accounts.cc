#include "store/sqlite/tables.h"

namespace portico::store::sqlite {
namespace {

account::Account read_account(Statement& row) {
  account::Account account;
  account.id = row.text();
  account.name = row.text();
  account.limits.concurrent_calls = row.number<std::uint32_t>();
  account.limits.calls_per_second = row.number<std::uint32_t>();
  account.created = row.time();
  return account;
}

}  // namespace

Result<void> put_account(Connection& db, const account::Account& account, std::uint64_t change) {
  return db
      .query(
          "INSERT INTO accounts (id, name, concurrent_calls, calls_per_second, created, change)"
          " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET name = excluded.name,"
          " concurrent_calls = excluded.concurrent_calls, calls_per_second = excluded.calls_per_second,"
          " change = excluded.change",
          account.id, account.name, account.limits.concurrent_calls, account.limits.calls_per_second,
          account.created, change)
      .run();
}

Result<account::Account> get_account(Connection& db, std::string_view id) {
  return one(
      db.query("SELECT id, name, concurrent_calls, calls_per_second, created FROM accounts WHERE id = ?", id),
      read_account, "no account " + std::string(id));
}

Result<std::vector<account::Account>> accounts_since(Connection& db, std::uint64_t change) {
  return all(
      db.query("SELECT id, name, concurrent_calls, calls_per_second, created FROM accounts WHERE change > ?"
               " ORDER BY created, id",
               change),
      read_account);
}

}  // namespace portico::store::sqlite
