#include "base/bytes.h"
#include "base/hash.h"
#include "store/sqlite/tables.h"

namespace portico::store::sqlite {

Result<std::string> get_or_make_secret(Connection& db, std::string_view name, std::size_t bytes) {
  Bytes fresh(bytes);
  random_fill(fresh);
  const std::string fresh_base64 = to_base64(fresh);
  auto made =
      db.query("INSERT OR IGNORE INTO server_secrets (name, base64) VALUES (?, ?)", name, fresh_base64).run();
  if (!made) return fail(made.error());
  const auto kept = one(
      db.query("SELECT base64 FROM server_secrets WHERE name = ?", name),
      [](Statement& row) { return row.text(); }, "no secret");
  if (!kept) return fail(kept.error());
  Bytes secret;
  if (!from_base64(*kept, secret)) return fail(Code::internal, "a server secret in the store is damaged");
  return std::string(as_text(secret));
}

}  // namespace portico::store::sqlite
