#include "store/open.h"

#include "store/sqlite/store.h"

namespace portico::store {

Result<std::string> file_of_store(std::string_view url) {
  constexpr std::string_view kSqlite = "sqlite:";
  if (url.starts_with("postgresql://") || url.starts_with("postgres://")) {
    return fail(Code::unsupported, "PostgreSQL is not built into this version; use sqlite:PATH");
  }
  if (!url.starts_with(kSqlite) || url.size() == kSqlite.size()) {
    return fail(Code::invalid, "a store is named as sqlite:PATH, but was '" + std::string(url) + "'");
  }
  return std::string(url.substr(kSqlite.size()));
}

Result<std::unique_ptr<account::Store>> open_store(std::string_view url) {
  const auto file = file_of_store(url);
  if (!file) return fail(file.error());
  auto opened = sqlite::SqliteStore::open({.path = *file});
  if (!opened) return fail(opened.error());
  return std::unique_ptr<account::Store>(std::move(*opened));
}

}  // namespace portico::store
