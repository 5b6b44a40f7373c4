#include "api/voice/recordings.h"

#include <boost/json.hpp>

#include "api/json_answer.h"
#include "api/public_url.h"
#include "api/voice/call_json.h"
#include "api/voice/query.h"

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

std::vector<std::string> object_keys(const account::RecordingRecord& recording) {
  std::vector<std::string> keys;
  if (!recording.object_key.empty()) keys.push_back(recording.object_key);
  if (recording.transcription && !recording.transcription->object_key.empty()) {
    keys.push_back(recording.transcription->object_key);
  }
  return keys;
}

void forget(const Services& services, std::vector<std::string> keys) {
  if (services.forget_objects && !keys.empty()) services.forget_objects(std::move(keys));
}

std::optional<std::filesystem::path> file_of(const Services& services, const std::string& key) {
  if (!services.object_path || key.empty()) return std::nullopt;
  return services.object_path(key);
}

// Whatever is done to it now, the call writes the whole record once its file is closed.
bool is_being_made(const account::RecordingRecord& recording) { return recording.status == "processing"; }

http::Response still_being_made(const account::RecordingRecord& recording) {
  return voice_error(409, "Recording [" + recording.recording_id + "] is still being made");
}

Result<void> save(const Services& services, const account::RecordingRecord& recording) {
  const account::Write write = recording;
  return services.store.write({&write, 1});
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
  const auto deleted = services.store.delete_recording(recording->account_id, recording->recording_id);
  if (!deleted) return voice_error_of(deleted.error());
  forget(services, object_keys(*recording));
  return {.status = 204};
}

http::Response get_recording_media(const Services& services, const http::Request& request) {
  const auto recording = recording_of(services, request);
  if (!recording) return recording.error();
  const auto file = has_media(*recording) ? file_of(services, recording->object_key) : std::nullopt;
  if (!file) return no_recording(recording->recording_id);
  const bool mp3 = recording->file_format == "mp3";
  return {.status = 200,
          .headers = {{"Content-Type", mp3 ? "audio/mpeg" : "audio/vnd.wave"}},
          .file = http::FileBody{*file}};
}

http::Response delete_recording_media(const Services& services, const http::Request& request) {
  auto recording = recording_of(services, request);
  if (!recording) return recording.error();
  if (is_being_made(*recording)) return still_being_made(*recording);
  const std::string key = std::exchange(recording->object_key, {});
  recording->status = "deleted";
  recording->media_bytes = 0;
  if (const auto saved = save(services, *recording); !saved) return voice_error_of(saved.error());
  if (!key.empty()) forget(services, {key});
  return {.status = 204};
}

http::Response get_transcription(const Services& services, const http::Request& request) {
  const auto recording = recording_of(services, request);
  if (!recording) return recording.error();
  const auto key = recording->transcription ? recording->transcription->object_key : std::string();
  const auto file = file_of(services, key);
  if (!file) return voice_error(404, "Recording [" + recording->recording_id + "] has no transcription");
  return {.status = 200,
          .headers = {{"Content-Type", "application/json;charset=UTF-8"}},
          .file = http::FileBody{*file}};
}

http::Response delete_transcription(const Services& services, const http::Request& request) {
  auto recording = recording_of(services, request);
  if (!recording) return recording.error();
  if (!recording->transcription) {
    return voice_error(404, "Recording [" + recording->recording_id + "] has no transcription");
  }
  const std::string key = recording->transcription->object_key;
  recording->transcription.reset();
  if (const auto saved = save(services, *recording); !saved) return voice_error_of(saved.error());
  if (!key.empty()) forget(services, {key});
  return {.status = 204};
}

}  // namespace portico::api
