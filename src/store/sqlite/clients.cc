#include "base/limits.h"
#include "store/sqlite/json_columns.h"
#include "store/sqlite/tables.h"

namespace portico::store::sqlite {
namespace {

std::string roles_to_json(const std::vector<account::Role>& roles) {
  std::vector<std::string> names;
  names.reserve(roles.size());
  for (const auto role : roles) names.emplace_back(account::role_name(role));
  return list_to_json(names);
}

account::Client read_client(Statement& row) {
  account::Client client;
  client.id = row.text();
  client.account_id = row.text();
  client.name = row.text();
  client.secret_sha256 = row.text();
  for (const auto& name : list_from_json(row.text())) {
    if (const auto role = account::parse_role(name)) client.roles.push_back(*role);
  }
  client.created = row.time();
  return client;
}

Result<void> trim_tokens(Connection& db, std::string_view client_id) {
  return db
      .query(
          "DELETE FROM tokens WHERE client_id = ?1 AND id <="
          " (SELECT id FROM tokens WHERE client_id = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)",
          client_id, limits::kTokensPerClientMax)
      .run();
}

}  // namespace

Result<void> put_client(Connection& db, const account::Client& client) {
  const std::string roles = roles_to_json(client.roles);
  return db
      .query(
          "INSERT INTO clients (id, account_id, name, secret_sha256, roles, created) VALUES (?, ?, ?, ?, ?, "
          "?)"
          " ON CONFLICT (id) DO UPDATE SET name = excluded.name, secret_sha256 = excluded.secret_sha256,"
          " roles = excluded.roles",
          client.id, client.account_id, client.name, client.secret_sha256, roles, client.created)
      .run();
}

Result<account::Client> get_client(Connection& db, std::string_view id) {
  return one(
      db.query("SELECT id, account_id, name, secret_sha256, roles, created FROM clients WHERE id = ?", id),
      read_client, "no client " + std::string(id));
}

Result<std::vector<account::Client>> clients_of(Connection& db, std::string_view account_id) {
  return all(db.query("SELECT id, account_id, name, secret_sha256, roles, created FROM clients"
                      " WHERE account_id = ? ORDER BY created, id",
                      account_id),
             read_client);
}

Result<void> delete_client(Connection& db, std::string_view id) {
  if (auto done = db.query("DELETE FROM clients WHERE id = ?", id).run(); !done) return done;
  if (db.changes() == 0) return fail(Code::not_found, "no client " + std::string(id));
  return {};
}

Result<void> put_token(Connection& db, const account::Token& token) {
  auto done = db.query("INSERT INTO tokens (sha256, client_id, expires) VALUES (?, ?, ?)", token.sha256,
                       token.client_id, token.expires)
                  .run();
  if (!done) return done;
  return trim_tokens(db, token.client_id);
}

Result<account::Token> get_token(Connection& db, std::string_view sha256, WallTime now) {
  return one(
      db.query("SELECT sha256, client_id, expires FROM tokens WHERE sha256 = ? AND expires > ?", sha256, now),
      [](Statement& row) {
        account::Token token;
        token.sha256 = row.text();
        token.client_id = row.text();
        token.expires = row.time();
        return token;
      },
      "unknown or expired token");
}

Result<void> expire_tokens(Connection& db, WallTime now) {
  return db.query("DELETE FROM tokens WHERE expires <= ?", now).run();
}

}  // namespace portico::store::sqlite
