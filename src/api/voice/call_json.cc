#include "api/voice/call_json.h"

#include <boost/json.hpp>

namespace portico::api {
namespace {

namespace json = boost::json;

json::value or_null(const std::optional<std::string>& text) {
  return text ? json::value(*text) : json::value();
}
json::value or_null(const std::optional<WallTime>& time) {
  return time ? json::value(to_iso8601(*time)) : json::value();
}

// Of a recording's members only some may be null (voice-openapi.yml callRecordingMetadata).
void put_if_any(json::object& out, std::string_view name, json::value value) {
  if (!value.is_null()) out[name] = std::move(value);
}

json::value stir_shaken_json(const std::map<std::string, std::string>& fields) {
  if (fields.empty()) return nullptr;
  json::object out;
  for (const auto& [name, value] : fields) out[name] = value;
  return out;
}

std::string recording_url(const account::RecordingRecord& recording, const std::string& base) {
  const bool conference = !recording.conference_id.empty();
  const std::string owner =
      conference ? "/conferences/" + recording.conference_id : "/calls/" + recording.call_id;
  return base + owner + "/recordings/" + recording.recording_id;
}

json::value transcription_json(const account::RecordingRecord& recording, const std::string& base) {
  if (!recording.transcription) return nullptr;
  const auto& state = *recording.transcription;
  return json::object{{"id", state.id},
                      {"status", state.status},
                      {"completedTime", or_null(state.completed)},
                      {"url", recording_url(recording, base) + "/transcription"}};
}

}  // namespace

json::object to_json(const account::CallRecord& call) {
  return {{"applicationId", call.application_id},
          {"accountId", call.account_id},
          {"callId", call.call_id},
          {"parentCallId", or_null(call.parent_call_id)},
          {"to", call.to},
          {"from", call.from},
          {"direction", account::direction_name(call.direction)},
          {"state", call.state},
          {"stirShaken", stir_shaken_json(call.stir_shaken)},
          {"identity", or_null(call.identity)},
          {"enqueuedTime", or_null(call.enqueued)},
          {"startTime", or_null(call.started)},
          {"answerTime", or_null(call.answered)},
          {"endTime", or_null(call.ended)},
          {"disconnectCause", or_null(call.disconnect_cause)},
          {"errorMessage", or_null(call.error_message)},
          {"errorId", or_null(call.error_id)},
          {"lastUpdate", to_iso8601(call.last_update)},
          {"sipCallId", call.sip_call_id.empty() ? json::value() : json::value(call.sip_call_id)},
          {"node", call.node.empty() ? json::value() : json::value(call.node)},
          {"mediaEncryption",
           call.media_encryption.empty() ? json::value() : json::value(call.media_encryption)}};
}

json::object to_json(const account::RecordingRecord& recording, const std::string& base) {
  json::object out{{"applicationId", recording.application_id},
                   {"accountId", recording.account_id},
                   {"callId", recording.call_id},
                   {"recordingId", recording.recording_id},
                   {"to", recording.to},
                   {"from", recording.from},
                   {"duration", to_iso8601_duration(recording.duration)},
                   {"direction", account::direction_name(recording.direction)},
                   {"channels", recording.channels},
                   {"startTime", to_iso8601(recording.started)},
                   {"fileFormat", recording.file_format},
                   {"status", recording.status},
                   {"mediaUrl", nullptr},
                   {"transcription", transcription_json(recording, base)}};
  put_if_any(out, "parentCallId", or_null(recording.parent_call_id));
  put_if_any(out, "transferCallerId", or_null(recording.transfer_caller_id));
  put_if_any(out, "transferTo", or_null(recording.transfer_to));
  put_if_any(out, "endTime", or_null(recording.ended));
  put_if_any(out, "recordingName", or_null(recording.name));
  if (recording.has_media()) out["mediaUrl"] = recording_url(recording, base) + "/media";
  return out;
}

}  // namespace portico::api
