#include <map>

#include "store/sqlite/json_columns.h"
#include "store/sqlite/tables.h"

#define PORTICO_RECORDING_COLUMNS                                                                         \
  "recording_id, account_id, application_id, call_id, conference_id, parent_call_id, to_uri, from_uri,"   \
  " transfer_caller_id, transfer_to, direction, duration, channels, started, ended, file_format, status," \
  " object_key, media_bytes, name, transcription_id, transcription_status, transcription_completed,"      \
  " transcription_object_key, notice"

// A range of the index, also where a bound is missing.
#define PORTICO_RECORDING_FILTER                                                         \
  " AND account_id = ?1 AND started >= coalesce(?6, 0) AND started < coalesce(?7, 9e15)" \
  " AND (?3 IS NULL OR conference_id = ?3) AND (?4 IS NULL OR to_uri = ?4)"              \
  " AND (?5 IS NULL OR from_uri = ?5) ORDER BY started, recording_id LIMIT ?8"

namespace portico::store::sqlite {
namespace {

std::optional<account::TranscriptionState> read_transcription(Statement& row) {
  auto id = row.maybe_text();
  account::TranscriptionState state;
  state.status = row.maybe_text().value_or("");
  state.completed = row.maybe_time();
  state.object_key = row.maybe_text().value_or("");
  if (!id) return std::nullopt;
  state.id = std::move(*id);
  return state;
}

// As a map of strings: what is absent is left out.
std::optional<std::string> notice_to_json(const std::optional<account::RecordingNotice>& notice) {
  if (!notice) return std::nullopt;
  std::map<std::string, std::string> map{{"url", notice->url},
                                         {"method", std::string(account::method_name(notice->method))}};
  if (notice->credentials) {
    map["userId"] = notice->credentials->user_id;
    map["password"] = notice->credentials->password;
  }
  if (notice->tag) map["tag"] = *notice->tag;
  return map_to_json(map);
}

std::optional<account::RecordingNotice> read_notice(Statement& row) {
  const auto text = row.maybe_text();
  if (!text) return std::nullopt;
  auto map = map_from_json(*text);
  account::RecordingNotice notice{
      .url = map["url"], .method = account::parse_method(map["method"]).value_or(account::Method::post)};
  if (map.contains("userId")) notice.credentials = {.user_id = map["userId"], .password = map["password"]};
  if (map.contains("tag")) notice.tag = map["tag"];
  return notice;
}

account::RecordingRecord read_recording(Statement& row) {
  account::RecordingRecord recording;
  recording.recording_id = row.text();
  recording.account_id = row.text();
  recording.application_id = row.text();
  recording.call_id = row.text();
  recording.conference_id = row.text();
  recording.parent_call_id = row.maybe_text();
  recording.to = row.text();
  recording.from = row.text();
  recording.transfer_caller_id = row.maybe_text();
  recording.transfer_to = row.maybe_text();
  recording.direction = account::parse_direction(row.text()).value_or(account::Direction::inbound);
  recording.duration = row.millis();
  recording.channels = row.number<std::uint32_t>();
  recording.started = row.time();
  recording.ended = row.maybe_time();
  recording.file_format = row.text();
  recording.status = row.text();
  recording.object_key = row.text();
  recording.media_bytes = row.number<std::uint64_t>();
  recording.name = row.maybe_text();
  recording.transcription = read_transcription(row);
  recording.notice = read_notice(row);
  return recording;
}

void bind_transcription(Statement& statement, const std::optional<account::TranscriptionState>& state) {
  if (state) {
    statement.bind(state->id);
    statement.bind(state->status);
    statement.bind(state->completed);
    statement.bind(state->object_key);
  } else {
    for (int column = 0; column < 4; ++column) statement.bind(std::nullopt);
  }
}

Unexpected not_there(std::string_view recording_id) {
  return fail(Code::not_found, "Recording [" + std::string(recording_id) + "] not found");
}

}  // namespace

Result<void> put_recording(Connection& db, const account::RecordingRecord& r) {
  Statement put = db.query(
      "INSERT OR REPLACE INTO recordings (" PORTICO_RECORDING_COLUMNS
      ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      r.recording_id, r.account_id, r.application_id, r.call_id, r.conference_id, r.parent_call_id, r.to,
      r.from, r.transfer_caller_id, r.transfer_to, account::direction_name(r.direction), r.duration,
      r.channels, r.started, r.ended, r.file_format, r.status, r.object_key, r.media_bytes, r.name);
  bind_transcription(put, r.transcription);
  const auto notice = notice_to_json(r.notice);  // must live until the statement has run
  put.bind(notice);
  return put.run();
}

Result<account::RecordingRecord> get_recording(Connection& db, std::string_view account_id,
                                               std::string_view recording_id) {
  return one(db.query("SELECT " PORTICO_RECORDING_COLUMNS
                      " FROM recordings WHERE recording_id = ? AND account_id = ?",
                      recording_id, account_id),
             read_recording, "Recording [" + std::string(recording_id) + "] not found");
}

Result<std::vector<account::RecordingRecord>> list_recordings(Connection& db,
                                                              const account::RecordingFilter& filter,
                                                              std::size_t limit) {
  // SQLite chooses before it knows what is null: for one call it would walk all rows of the account.
  const char* sql = filter.call_id ? "SELECT " PORTICO_RECORDING_COLUMNS
                                     " FROM recordings INDEXED BY recordings_by_call"
                                     " WHERE call_id = ?2" PORTICO_RECORDING_FILTER
                                   : "SELECT " PORTICO_RECORDING_COLUMNS
                                     " FROM recordings WHERE true" PORTICO_RECORDING_FILTER;
  return all(db.query(sql, filter.account_id, filter.call_id, filter.conference_id, filter.to, filter.from,
                      filter.started_from, filter.started_before, limit),
             read_recording);
}

Result<std::vector<account::RecordingRecord>> open_recordings(Connection& db,
                                                              std::string_view after_recording_id,
                                                              std::size_t limit) {
  return all(db.query("SELECT " PORTICO_RECORDING_COLUMNS " FROM recordings INDEXED BY recordings_open"
                      " WHERE status = 'processing' AND recording_id > ? ORDER BY recording_id LIMIT ?",
                      after_recording_id, limit),
             read_recording);
}

Result<void> delete_recording(Connection& db, std::string_view account_id, std::string_view recording_id) {
  auto done =
      db.query("DELETE FROM recordings WHERE recording_id = ? AND account_id = ?", recording_id, account_id)
          .run();
  if (done && db.changes() == 0) return not_there(recording_id);
  return done;
}

Result<void> forget_media(Connection& db, std::string_view account_id, std::string_view recording_id) {
  auto done = db.query(
                    "UPDATE recordings SET status = 'deleted', object_key = '', media_bytes = 0"
                    " WHERE recording_id = ? AND account_id = ?",
                    recording_id, account_id)
                  .run();
  if (done && db.changes() == 0) return not_there(recording_id);
  return done;
}

Result<void> forget_transcription(Connection& db, std::string_view account_id,
                                  std::string_view recording_id) {
  auto done = db.query(
                    "UPDATE recordings SET transcription_id = NULL, transcription_status = NULL,"
                    " transcription_completed = NULL, transcription_object_key = NULL"
                    " WHERE recording_id = ? AND account_id = ? AND transcription_id IS NOT NULL",
                    recording_id, account_id)
                  .run();
  if (done && db.changes() == 0) {
    return fail(Code::not_found, "Recording [" + std::string(recording_id) + "] has no transcription");
  }
  return done;
}

Result<std::vector<account::Store::ExpiredRecording>> expired_recordings(Connection& db,
                                                                         WallTime ended_before) {
  return all(db.query("SELECT recording_id, object_key, coalesce(transcription_object_key, '')"
                      " FROM recordings WHERE started < ? AND coalesce(ended, started) < ?"
                      " AND status <> 'processing'",
                      ended_before, ended_before),  // the first for the index
             [](Statement& row) {
               account::Store::ExpiredRecording recording{.recording_id = row.text()};
               for (auto key : {row.text(), row.text()}) {
                 if (!key.empty()) recording.object_keys.push_back(std::move(key));
               }
               return recording;
             });
}

Result<void> forget_recording(Connection& db, std::string_view recording_id) {
  return db.query("DELETE FROM recordings WHERE recording_id = ?", recording_id).run();
}

}  // namespace portico::store::sqlite
