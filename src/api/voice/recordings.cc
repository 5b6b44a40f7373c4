#include "api/voice/recordings.h"

#include <boost/json.hpp>

#include "api/json_answer.h"
#include "api/public_url.h"
#include "api/voice/call_json.h"
#include "api/voice/query.h"
#include "base/log.h"

namespace portico::api {
namespace {

namespace json = boost::json;

constexpr std::size_t kListMax = 1000;

http::Response no_recording(std::string_view id) {
  return voice_error(404, "Recording [" + std::string(id) + "] not found");
}

// The recording that the path names; it must be of the call that the path names.
tl::expected<account::RecordingRecord, http::Response> recording_of(const Services& services,
                                                                    const http::Request& request) {
  const auto id = request.param("recordingId");
  auto found = services.store.recording(request.param("accountId"), id);
  if (!found) return tl::unexpected(voice_error_of(found.error()));
  if (found->call_id != request.param("callId")) return tl::unexpected(no_recording(id));
  return std::move(*found);
}

http::Response listed(const Services& services, const http::Request& request,
                      const account::RecordingFilter& filter) {
  const auto found = services.store.list_recordings(filter, kListMax);
  if (!found) return voice_error_of(found.error());
  const std::string base = voice_base(services, request);
  json::array recordings;
  for (const auto& recording : *found) recordings.push_back(to_json(recording, base));
  return voice_answer(200, recordings);
}

// The key of its transcription's file; empty when there is none.
std::string words_of(const account::RecordingRecord& recording) {
  return recording.transcription ? recording.transcription->object_key : std::string();
}

// Before the record says that the files are gone: nobody would look for one that is still there.
Result<void> forget(const Services& services, std::vector<std::string> keys) {
  std::erase(keys, "");
  return services.forget_objects ? services.forget_objects(keys) : Result<void>();
}

http::Response answer_to(const Result<void>& deleted) {
  return deleted ? http::Response{.status = 204} : voice_error_of(deleted.error());
}

std::optional<std::filesystem::path> file_of(const Services& services, const std::string& key) {
  if (!services.object_path || key.empty()) return std::nullopt;
  return services.object_path(key);
}

// Whatever is done to it now, the call writes the whole record once its file is closed.
bool is_being_made(const account::RecordingRecord& recording) { return recording.status == "processing"; }

void note_deleted(const account::RecordingRecord& recording) {
  log::info("recording deleted", {{"recordingId", recording.recording_id}, {"callId", recording.call_id}});
}

http::Response still_being_made(const account::RecordingRecord& recording) {
  return voice_error(409, "Recording [" + recording.recording_id + "] is still being made");
}

}  // namespace

http::Response list_recordings(const Services& services, const http::Request& request) {
  VoiceQuery query(request);
  const account::RecordingFilter filter{.account_id = std::string(request.param("accountId")),
                                        .to = query.text("to"),
                                        .from = query.text("from"),
                                        .started_from = query.time("minStartTime"),
                                        .started_before = query.time("maxStartTime")};
  if (query.wrong()) return voice_error(400, *query.wrong());
  return listed(services, request, filter);
}

http::Response list_call_recordings(const Services& services, const http::Request& request) {
  return listed(services, request,
                {.account_id = std::string(request.param("accountId")),
                 .call_id = std::string(request.param("callId"))});
}

http::Response get_recording(const Services& services, const http::Request& request) {
  const auto recording = recording_of(services, request);
  if (!recording) return recording.error();
  return voice_answer(200, to_json(*recording, voice_base(services, request)));
}

http::Response delete_recording(const Services& services, const http::Request& request) {
  const auto recording = recording_of(services, request);
  if (!recording) return recording.error();
  if (is_being_made(*recording)) return still_being_made(*recording);
  if (const auto gone = forget(services, {recording->object_key, words_of(*recording)}); !gone)
    return answer_to(gone);
  note_deleted(*recording);
  return answer_to(services.store.delete_recording(recording->account_id, recording->recording_id));
}

http::Response get_recording_media(const Services& services, const http::Request& request) {
  const auto recording = recording_of(services, request);
  if (!recording) return recording.error();
  const auto file = recording->has_media() ? file_of(services, recording->object_key) : std::nullopt;
  if (!file) return no_recording(recording->recording_id);
  const bool mp3 = recording->file_format == "mp3";
  return {.status = 200,
          .headers = {{"Content-Type", mp3 ? "audio/mpeg" : "audio/vnd.wave"}},
          .file = http::FileBody{*file}};
}

http::Response delete_recording_media(const Services& services, const http::Request& request) {
  const auto recording = recording_of(services, request);
  if (!recording) return recording.error();
  if (is_being_made(*recording)) return still_being_made(*recording);
  if (const auto gone = forget(services, {recording->object_key}); !gone) return answer_to(gone);
  note_deleted(*recording);
  return answer_to(services.store.forget_media(recording->account_id, recording->recording_id));
}

http::Response get_transcription(const Services& services, const http::Request& request) {
  const auto recording = recording_of(services, request);
  if (!recording) return recording.error();
  const auto file = file_of(services, words_of(*recording));
  if (!file) return voice_error(404, "Recording [" + recording->recording_id + "] has no transcription");
  return {.status = 200,
          .headers = {{"Content-Type", "application/json;charset=UTF-8"}},
          .file = http::FileBody{*file}};
}

http::Response delete_transcription(const Services& services, const http::Request& request) {
  const auto recording = recording_of(services, request);
  if (!recording) return recording.error();
  if (const auto gone = forget(services, {words_of(*recording)}); !gone) return answer_to(gone);
  return answer_to(services.store.forget_transcription(recording->account_id, recording->recording_id));
}

}  // namespace portico::api
