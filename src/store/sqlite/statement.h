#pragma once
// A prepared statement, lent by its connection's cache and given back when it goes out of scope. Arguments
// are bound when it is made; columns are read from left to right. An error stops the stepping and waits in
// result().

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"

struct sqlite3;
struct sqlite3_stmt;

namespace portico::store::sqlite {

// What a failed call of SQLite means to us.
Error error_of(int sqlite_code, sqlite3* db);

class Statement {
 public:
  Statement(sqlite3* db, sqlite3_stmt* handle, int prepare_code);
  ~Statement();
  Statement(Statement&& other) noexcept;
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  Statement& operator=(Statement&&) = delete;

  // The next `?`. The text must live until the statement goes.
  void bind(std::string_view text);
  void bind(const std::string& text) { bind(std::string_view(text)); }
  void bind(const char* text) { bind(std::string_view(text)); }
  void bind(std::nullopt_t) { bind_null(); }
  void bind(WallTime time) { bind_integer(time.time_since_epoch().count()); }
  void bind(Millis duration) { bind_integer(duration.count()); }
  template <std::integral Number>
  void bind(Number number) {
    bind_integer(static_cast<std::int64_t>(number));
  }
  template <typename T>
  void bind(const std::optional<T>& value) {
    if (value) {
      bind(*value);
    } else {
      bind_null();
    }
  }

  bool step();         // true: on a row
  Result<void> run();  // to the end, rows ignored
  Result<void> result() const;

  std::string text();
  std::int64_t integer();
  bool boolean() { return integer() != 0; }
  WallTime time() { return WallTime(Millis(integer())); }
  Millis millis() { return Millis(integer()); }
  template <std::integral Number>
  Number number() {
    return static_cast<Number>(integer());
  }
  std::optional<std::string> maybe_text();
  std::optional<WallTime> maybe_time();

 private:
  void bind_integer(std::int64_t number);
  void bind_null();
  bool next_is_null() const;

  sqlite3* db_;
  sqlite3_stmt* handle_;
  int code_;
  int bound_ = 0;
  int column_ = 0;
};

}  // namespace portico::store::sqlite
