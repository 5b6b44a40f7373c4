#pragma once
// An application as a row, both ways. The order of the columns is the order of binding and reading.

#include <string>

#include "account/application.h"
#include "store/sqlite/connection.h"

namespace portico::store::sqlite {

#define PORTICO_APPLICATION_COLUMNS                                                                        \
  "id, account_id, name, inbound_sip_enabled, password_auth_enabled, allowed_sources, allowed_regions, "   \
  "sip_user,"                                                                                              \
  " digest_realm, ha1_sha256, ha1_md5, require_tls, require_srtp, initiated_url, initiated_method,"        \
  " initiated_fallback_url, initiated_fallback_method, initiated_fallback_user, "                          \
  "initiated_fallback_password,"                                                                           \
  " status_url, status_method, callback_user, callback_password, callback_timeout, inline_bxml, created, " \
  "updated,"                                                                                               \
  " version"

// The columns that are not fields, as text to bind; must outlive the statement.
struct ApplicationTexts {
  explicit ApplicationTexts(const account::Application& application);
  std::string sources;
  std::string regions;
};

void bind_application(Statement& statement, const account::Application& application,
                      const ApplicationTexts& texts);
account::Application read_application(Statement& row);

}  // namespace portico::store::sqlite
