#pragma once
// The first schema. Never edited once released: what comes later is schema_0002.h and so on.
// Times are milliseconds since 1970 UTC; lists and maps are JSON; `change` is the change counter at the last
// write.

namespace portico::store::sqlite {

inline constexpr const char* kSchema0001 = R"sql(
CREATE TABLE change_counter (one INTEGER PRIMARY KEY CHECK (one = 1), value INTEGER NOT NULL);
INSERT INTO change_counter VALUES (1, 0);

CREATE TABLE accounts (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  concurrent_calls INTEGER NOT NULL,
  calls_per_second INTEGER NOT NULL,
  created INTEGER NOT NULL,
  change INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE clients (
  id TEXT PRIMARY KEY,
  account_id TEXT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  secret_sha256 TEXT NOT NULL,
  roles TEXT NOT NULL,
  created INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX clients_by_account ON clients (account_id);

CREATE TABLE tokens (
  id INTEGER PRIMARY KEY,
  sha256 TEXT NOT NULL UNIQUE,
  client_id TEXT NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
  expires INTEGER NOT NULL
);
CREATE INDEX tokens_by_client ON tokens (client_id, id);
CREATE INDEX tokens_by_expiry ON tokens (expires);

CREATE TABLE applications (
  id TEXT PRIMARY KEY,
  account_id TEXT NOT NULL REFERENCES accounts (id),
  name TEXT NOT NULL,
  inbound_sip_enabled INTEGER NOT NULL,
  password_auth_enabled INTEGER NOT NULL,
  allowed_sources TEXT NOT NULL,
  allowed_regions TEXT NOT NULL,
  sip_user TEXT UNIQUE,
  digest_realm TEXT NOT NULL,
  ha1_sha256 TEXT NOT NULL,
  ha1_md5 TEXT NOT NULL,
  require_tls INTEGER NOT NULL,
  require_srtp INTEGER NOT NULL,
  initiated_url TEXT NOT NULL,
  initiated_method TEXT NOT NULL,
  initiated_fallback_url TEXT NOT NULL,
  initiated_fallback_method TEXT NOT NULL,
  initiated_fallback_user TEXT,
  initiated_fallback_password TEXT,
  status_url TEXT NOT NULL,
  status_method TEXT NOT NULL,
  callback_user TEXT,
  callback_password TEXT,
  callback_timeout INTEGER NOT NULL,
  inline_bxml TEXT NOT NULL,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  version INTEGER NOT NULL,
  change INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX applications_by_account ON applications (account_id, created, id);
CREATE INDEX applications_by_change ON applications (change);

CREATE TABLE deleted_applications (
  id TEXT PRIMARY KEY,
  deleted INTEGER NOT NULL,
  change INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX deleted_applications_by_change ON deleted_applications (change);

CREATE TABLE numbers (
  e164 TEXT PRIMARY KEY,
  account_id TEXT NOT NULL REFERENCES accounts (id),
  application_id TEXT NOT NULL REFERENCES applications (id)
) WITHOUT ROWID;
CREATE INDEX numbers_by_application ON numbers (application_id);
CREATE INDEX numbers_by_account ON numbers (account_id);

CREATE TABLE server_secrets (name TEXT PRIMARY KEY, base64 TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE calls (
  call_id TEXT PRIMARY KEY,
  account_id TEXT NOT NULL,
  application_id TEXT NOT NULL,
  parent_call_id TEXT,
  to_uri TEXT NOT NULL,
  from_uri TEXT NOT NULL,
  direction TEXT NOT NULL,
  state TEXT NOT NULL,
  stir_shaken TEXT NOT NULL,
  identity TEXT,
  created INTEGER NOT NULL,
  enqueued INTEGER,
  started INTEGER,
  answered INTEGER,
  ended INTEGER,
  disconnect_cause TEXT,
  error_message TEXT,
  error_id TEXT,
  last_update INTEGER NOT NULL,
  sip_call_id TEXT NOT NULL,
  node TEXT NOT NULL,
  media_encryption TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX calls_by_account ON calls (account_id, created, call_id);
CREATE INDEX calls_by_end ON calls (ended) WHERE ended IS NOT NULL;

CREATE TABLE recordings (
  recording_id TEXT PRIMARY KEY,
  account_id TEXT NOT NULL,
  application_id TEXT NOT NULL,
  call_id TEXT NOT NULL,
  conference_id TEXT NOT NULL,
  parent_call_id TEXT,
  to_uri TEXT NOT NULL,
  from_uri TEXT NOT NULL,
  transfer_caller_id TEXT,
  transfer_to TEXT,
  direction TEXT NOT NULL,
  duration INTEGER NOT NULL,
  channels INTEGER NOT NULL,
  started INTEGER NOT NULL,
  ended INTEGER,
  file_format TEXT NOT NULL,
  status TEXT NOT NULL,
  object_key TEXT NOT NULL,
  media_bytes INTEGER NOT NULL,
  name TEXT,
  transcription_id TEXT,
  transcription_status TEXT,
  transcription_completed INTEGER,
  transcription_object_key TEXT
) WITHOUT ROWID;
CREATE INDEX recordings_by_account ON recordings (account_id, started);
CREATE INDEX recordings_by_call ON recordings (call_id, started);
CREATE INDEX recordings_by_start ON recordings (started);

CREATE TABLE admissions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  time INTEGER NOT NULL,
  account_id TEXT NOT NULL,
  application_id TEXT NOT NULL,
  source TEXT NOT NULL,
  transport TEXT NOT NULL,
  region TEXT NOT NULL,
  sip_call_id TEXT NOT NULL,
  from_uri TEXT NOT NULL,
  step INTEGER NOT NULL,
  reason TEXT NOT NULL,
  answer INTEGER NOT NULL,
  explanation TEXT NOT NULL
);
CREATE INDEX admissions_by_application ON admissions (application_id, id);

CREATE TABLE webhook_exchanges (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  time INTEGER NOT NULL,
  account_id TEXT NOT NULL,
  application_id TEXT NOT NULL,
  call_id TEXT NOT NULL,
  event TEXT NOT NULL,
  url TEXT NOT NULL,
  method TEXT NOT NULL,
  status INTEGER NOT NULL,
  latency INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  fallback INTEGER NOT NULL,
  request_body TEXT NOT NULL,
  response_body TEXT NOT NULL,
  error TEXT NOT NULL
);
CREATE INDEX webhook_exchanges_by_account ON webhook_exchanges (account_id, id);
CREATE INDEX webhook_exchanges_by_call ON webhook_exchanges (call_id, id);
CREATE INDEX webhook_exchanges_by_time ON webhook_exchanges (time);

CREATE TABLE outbox (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  account_id TEXT NOT NULL,
  application_id TEXT NOT NULL,
  call_id TEXT NOT NULL,
  event TEXT NOT NULL,
  ordering_key TEXT NOT NULL,
  url TEXT NOT NULL,
  method TEXT NOT NULL,
  user_id TEXT,
  password TEXT,
  fallback_url TEXT NOT NULL,
  fallback_method TEXT NOT NULL,
  fallback_user_id TEXT,
  fallback_password TEXT,
  content_type TEXT NOT NULL,
  body TEXT NOT NULL,
  timeout INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  created INTEGER NOT NULL,
  not_before INTEGER NOT NULL,
  leased_until INTEGER NOT NULL
);
CREATE INDEX outbox_by_key ON outbox (ordering_key, seq);
CREATE INDEX outbox_by_time ON outbox (not_before);
)sql";

}  // namespace portico::store::sqlite
