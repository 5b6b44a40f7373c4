#include "store/sqlite/application_row.h"

#include <boost/json.hpp>

#include "base/log.h"
#include "store/sqlite/json_columns.h"

namespace portico::store::sqlite {
namespace {

std::optional<std::string_view> user_of(const std::optional<account::BasicCredentials>& credentials) {
  return credentials ? std::optional<std::string_view>(credentials->user_id) : std::nullopt;
}

std::optional<std::string_view> password_of(const std::optional<account::BasicCredentials>& credentials) {
  return credentials ? std::optional<std::string_view>(credentials->password) : std::nullopt;
}

std::optional<account::BasicCredentials> read_credentials(Statement& row) {
  const auto user = row.maybe_text();
  const auto password = row.maybe_text();
  if (!user) return std::nullopt;
  return account::BasicCredentials{*user, password.value_or("")};
}

// Nothing: the list cannot be read. What is left of it would not say who is meant.
std::optional<std::vector<Cidr>> read_sources(const std::string& json) {
  boost::json::error_code error;
  const auto list = boost::json::parse(json, error);
  if (error || !list.is_array()) return std::nullopt;
  std::vector<Cidr> blocks;
  for (const auto& item : list.get_array()) {
    if (!item.is_string()) return std::nullopt;
    const auto block = parse_cidr(item.get_string());
    if (!block) return std::nullopt;
    blocks.push_back(*block);
  }
  return blocks;
}

account::Method read_method(Statement& row) {
  return account::parse_method(row.text()).value_or(account::Method::post);
}

void read_callbacks(Statement& row, account::Callbacks& to) {
  to.initiated_url = row.text();
  to.initiated_method = read_method(row);
  to.initiated_fallback_url = row.text();
  to.initiated_fallback_method = read_method(row);
  to.initiated_fallback_credentials = read_credentials(row);
  to.status_url = row.text();
  to.status_method = read_method(row);
  to.credentials = read_credentials(row);
  to.timeout = row.millis();
}

void bind_callbacks(Statement& statement, const account::Callbacks& from) {
  statement.bind(from.initiated_url);
  statement.bind(account::method_name(from.initiated_method));
  statement.bind(from.initiated_fallback_url);
  statement.bind(account::method_name(from.initiated_fallback_method));
  statement.bind(user_of(from.initiated_fallback_credentials));
  statement.bind(password_of(from.initiated_fallback_credentials));
  statement.bind(from.status_url);
  statement.bind(account::method_name(from.status_method));
  statement.bind(user_of(from.credentials));
  statement.bind(password_of(from.credentials));
  statement.bind(from.timeout);
}

}  // namespace

ApplicationTexts::ApplicationTexts(const account::Application& application) {
  std::vector<std::string> blocks;
  blocks.reserve(application.allowed_sources.size());
  for (const auto& block : application.allowed_sources) blocks.push_back(block.to_string());
  sources = list_to_json(blocks);
  regions = list_to_json(application.allowed_regions);
}

void bind_application(Statement& statement, const account::Application& application,
                      const ApplicationTexts& texts) {
  statement.bind(application.id);
  statement.bind(application.account_id);
  statement.bind(application.name);
  statement.bind(application.inbound_sip_enabled);
  statement.bind(application.password_auth_enabled);
  statement.bind(texts.sources);
  statement.bind(texts.regions);
  // NULL while disabled: the column is unique.
  statement.bind(application.sip_user.empty() ? std::nullopt
                                              : std::optional<std::string_view>(application.sip_user));
  statement.bind(application.digest.realm);
  statement.bind(application.digest.ha1_sha256);
  statement.bind(application.digest.ha1_md5);
  statement.bind(application.require_tls);
  statement.bind(application.require_srtp);
  bind_callbacks(statement, application.callbacks);
  statement.bind(application.inline_bxml);
  statement.bind(application.created);
  statement.bind(application.updated);
  statement.bind(application.version);
}

account::Application read_application(Statement& row) {
  account::Application application;
  application.id = row.text();
  application.account_id = row.text();
  application.name = row.text();
  application.inbound_sip_enabled = row.boolean();
  application.password_auth_enabled = row.boolean();
  if (auto sources = read_sources(row.text())) {
    application.allowed_sources = std::move(*sources);
  } else {
    application.inbound_sip_enabled = false;
    log::error("the allowed sources of an application cannot be read: it takes no calls",
               {{"applicationId", application.id}});
  }
  application.allowed_regions = list_from_json(row.text());
  application.sip_user = row.maybe_text().value_or("");
  application.digest.realm = row.text();
  application.digest.ha1_sha256 = row.text();
  application.digest.ha1_md5 = row.text();
  application.require_tls = row.boolean();
  application.require_srtp = row.boolean();
  read_callbacks(row, application.callbacks);
  application.inline_bxml = row.text();
  application.created = row.time();
  application.updated = row.time();
  application.version = row.number<std::uint64_t>();
  return application;
}

}  // namespace portico::store::sqlite
