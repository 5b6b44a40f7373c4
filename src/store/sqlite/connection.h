#pragma once
// One connection to an SQLite file with its prepared statements. One thread at a time.

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "store/sqlite/statement.h"

namespace portico::store::sqlite {

struct Options {
  std::string path;             // ":memory:" for a store of one connection that ends with it
  Duration busy_timeout = 2s;   // how long a statement waits for another writer
  std::size_t readers_max = 4;  // connections for reading, opened when needed
};

class Connection {
 public:
  static Result<std::unique_ptr<Connection>> open(const Options& options);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // `sql` must be a literal: its address is the key of the cache.
  template <typename... Args>
  Statement query(const char* sql, const Args&... args) {
    Statement statement = prepare(sql);
    (statement.bind(args), ...);
    return statement;
  }
  Result<void> execute(const char* sql);  // without arguments; may be several statements
  std::int64_t changes() const;           // rows touched by the last write

 private:
  explicit Connection(sqlite3* db) : db_(db) {}
  Statement prepare(const char* sql);

  sqlite3* db_;
  std::unordered_map<const char*, sqlite3_stmt*> statements_;
};

// All rows of a query, each made by `read`.
template <typename Read>
auto all(Statement rows, Read read) -> Result<std::vector<decltype(read(rows))>> {
  std::vector<decltype(read(rows))> out;
  while (rows.step()) out.push_back(read(rows));
  if (auto result = rows.result(); !result) return fail(result.error());
  return out;
}

// The one row of a query; not_found with `missing` when there is none.
template <typename Read>
auto one(Statement rows, Read read, std::string missing) -> Result<decltype(read(rows))> {
  if (rows.step()) return read(rows);
  if (auto result = rows.result(); !result) return fail(result.error());
  return fail(Code::not_found, std::move(missing));
}

}  // namespace portico::store::sqlite
