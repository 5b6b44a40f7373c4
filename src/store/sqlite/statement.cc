#include "store/sqlite/statement.h"

#include <sqlite3.h>

#include <utility>

namespace portico::store::sqlite {

Error error_of(int sqlite_code, sqlite3* db) {
  const std::string what =
      std::string("store: ") + (db != nullptr ? sqlite3_errmsg(db) : sqlite3_errstr(sqlite_code));
  switch (sqlite_code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {Code::busy, what};
    case SQLITE_CONSTRAINT:
      return {Code::conflict, what};
    case SQLITE_CANTOPEN:
    case SQLITE_IOERR:
    case SQLITE_FULL:
    case SQLITE_READONLY:
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
    case SQLITE_PERM:
      return {Code::unavailable, what};
    default:
      return {Code::internal, what};
  }
}

Statement::Statement(sqlite3* db, sqlite3_stmt* handle, int prepare_code)
    : db_(db), handle_(handle), code_(prepare_code) {}

Statement::Statement(Statement&& other) noexcept
    : db_(other.db_),
      handle_(std::exchange(other.handle_, nullptr)),
      code_(other.code_),
      bound_(other.bound_),
      column_(other.column_) {}

Statement::~Statement() {
  if (handle_ == nullptr) return;
  sqlite3_reset(handle_);
  sqlite3_clear_bindings(handle_);
}

void Statement::bind(std::string_view text) {
  if (code_ != SQLITE_OK) return;
  // An empty view may have a null pointer, which SQLite would take for NULL.
  const char* bytes = text.data() != nullptr ? text.data() : "";
  code_ = sqlite3_bind_text64(handle_, ++bound_, bytes, text.size(), SQLITE_STATIC, SQLITE_UTF8);
}

void Statement::bind_integer(std::int64_t number) {
  if (code_ == SQLITE_OK) code_ = sqlite3_bind_int64(handle_, ++bound_, number);
}

void Statement::bind_null() {
  if (code_ == SQLITE_OK) code_ = sqlite3_bind_null(handle_, ++bound_);
}

bool Statement::step() {
  if (code_ != SQLITE_OK && code_ != SQLITE_ROW) return false;
  code_ = sqlite3_step(handle_);
  column_ = 0;
  return code_ == SQLITE_ROW;
}

Result<void> Statement::run() {
  while (step()) {
  }
  return result();
}

Result<void> Statement::result() const {
  if (code_ == SQLITE_OK || code_ == SQLITE_ROW || code_ == SQLITE_DONE) return {};
  return fail(error_of(code_, db_));
}

bool Statement::next_is_null() const { return sqlite3_column_type(handle_, column_) == SQLITE_NULL; }

std::string Statement::text() {
  const int column = column_++;
  const auto* bytes = reinterpret_cast<const char*>(sqlite3_column_text(handle_, column));
  const int size = sqlite3_column_bytes(handle_, column);
  return bytes == nullptr ? std::string() : std::string(bytes, static_cast<std::size_t>(size));
}

std::int64_t Statement::integer() { return sqlite3_column_int64(handle_, column_++); }

std::optional<std::string> Statement::maybe_text() {
  if (next_is_null()) {
    ++column_;
    return std::nullopt;
  }
  return text();
}

std::optional<WallTime> Statement::maybe_time() {
  if (next_is_null()) {
    ++column_;
    return std::nullopt;
  }
  return time();
}

}  // namespace portico::store::sqlite
