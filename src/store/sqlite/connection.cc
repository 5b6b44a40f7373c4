#include "store/sqlite/connection.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

namespace portico::store::sqlite {
namespace {

// Made before SQLite makes it, so that nobody else can read it even for a moment; the files beside it (-wal,
// -shm) take over its mode. A file that exists is left alone: closing any descriptor of it would give up this
// process's locks on it, and another process could take the -wal away from under us.
void create_private(const std::string& path) {
  if (path == ":memory:") return;
  const int file = ::open(path.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
  if (file >= 0) ::close(file);
}

constexpr const char* kSettings =
    "PRAGMA journal_mode=WAL;"
    "PRAGMA synchronous=NORMAL;"
    "PRAGMA foreign_keys=ON;"
    "PRAGMA temp_store=MEMORY;"
    "PRAGMA cache_size=-4000;"          // KiB
    "PRAGMA wal_autocheckpoint=4000;";  // pages: a page that is written again and again reaches the file once

}  // namespace

Result<std::unique_ptr<Connection>> Connection::open(const Options& options) {
  create_private(options.path);
  sqlite3* db = nullptr;
  constexpr int kFlags =
      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  const int code = sqlite3_open_v2(options.path.c_str(), &db, kFlags, nullptr);
  std::unique_ptr<Connection> connection(new Connection(db));
  if (code != SQLITE_OK) {
    Error error = error_of(code, db);
    return fail(error.code, "cannot open " + options.path + ": " + error.what);
  }
  sqlite3_busy_timeout(db,
                       static_cast<int>(std::chrono::duration_cast<Millis>(options.busy_timeout).count()));
  if (auto set = connection->execute(kSettings); !set) {
    return fail(set.error().code, "cannot open " + options.path + ": " + set.error().what);
  }
  return connection;
}

Connection::~Connection() {
  for (const auto& [sql, statement] : statements_) sqlite3_finalize(statement);
  sqlite3_close_v2(db_);
}

Statement Connection::prepare(const char* sql) {
  if (const auto found = statements_.find(sql); found != statements_.end()) {
    return {db_, found->second, SQLITE_OK};
  }
  sqlite3_stmt* handle = nullptr;
  const int code = sqlite3_prepare_v3(db_, sql, -1, SQLITE_PREPARE_PERSISTENT, &handle, nullptr);
  if (code == SQLITE_OK) statements_.emplace(sql, handle);
  return {db_, handle, code};
}

Result<void> Connection::execute(const char* sql) {
  const int code = sqlite3_exec(db_, sql, nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return fail(error_of(code, db_));
  return {};
}

std::int64_t Connection::changes() const { return sqlite3_changes64(db_); }

}  // namespace portico::store::sqlite
