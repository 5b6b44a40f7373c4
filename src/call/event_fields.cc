#include "call/event_fields.h"

namespace portico::call {
namespace {

bxml::Method method_of(account::Method method) {
  return method == account::Method::get ? bxml::Method::get : bxml::Method::post;
}

bxml::Credentials credentials_of(const std::optional<account::BasicCredentials>& credentials) {
  if (!credentials) return {};
  return {.username = credentials->user_id, .password = credentials->password};
}

}  // namespace

account::CallRecord first_record(const std::string& node, const Inbound& inbound) {
  account::CallRecord record;
  record.call_id = inbound.call_id;
  record.account_id = inbound.application->account_id;
  record.application_id = inbound.application->id;
  record.from = inbound.from;
  record.to = inbound.to;
  record.created = inbound.arrived;
  record.started = inbound.arrived;
  record.last_update = inbound.arrived;
  record.sip_call_id = inbound.sip_call_id;
  record.node = node;
  return record;
}

boost::json::object common_fields(const account::CallRecord& record, std::string_view base_url,
                                  std::string_view type, WallTime now) {
  boost::json::object out;
  out["eventType"] = type;
  out["eventTime"] = to_iso8601(now);
  out["accountId"] = record.account_id;
  out["applicationId"] = record.application_id;
  out["from"] = record.from;
  out["to"] = record.to;
  out["direction"] = account::direction_name(record.direction);
  out["callId"] = record.call_id;
  out["callUrl"] =
      std::string(base_url) + "/api/v2/accounts/" + record.account_id + "/calls/" + record.call_id;
  if (record.started) out["startTime"] = to_iso8601(*record.started);
  if (record.enqueued) out["enqueuedTime"] = to_iso8601(*record.enqueued);
  if (record.answered) out["answerTime"] = to_iso8601(*record.answered);
  if (record.tag) out["tag"] = *record.tag;
  return out;
}

boost::json::object disconnect_fields(const account::CallRecord& record, std::string_view base_url,
                                      WallTime now) {
  auto out = common_fields(record, base_url, "disconnect", now);
  out["endTime"] = to_iso8601(record.ended.value_or(now));
  out["cause"] = record.disconnect_cause.value_or("unknown");
  if (record.error_message) out["errorMessage"] = *record.error_message;
  if (record.error_id) out["errorId"] = *record.error_id;
  if (!record.sip_call_id.empty()) out["sipCallId"] = record.sip_call_id;
  return out;
}

void add_recording_fields(boost::json::object& event, const account::RecordingRecord& record,
                          std::string_view base_url, WallTime now) {
  event["recordingId"] = record.recording_id;
  event["mediaUrl"] = std::string(base_url) + "/api/v2/accounts/" + record.account_id + "/calls/" +
                      record.call_id + "/recordings/" + record.recording_id + "/media";
  event["startTime"] = to_iso8601(record.started);
  event["endTime"] = to_iso8601(record.ended.value_or(now));
  event["duration"] = to_iso8601_duration(record.duration);
  event["channels"] = record.channels;
  event["fileFormat"] = record.file_format;
}

boost::json::object recording_available_fields(const account::CallRecord& call,
                                               const account::RecordingRecord& record,
                                               std::string_view base_url, WallTime now) {
  auto event = common_fields(call, base_url, "recordingAvailable", now);
  event.erase("answerTime");  // webhooks.md 4.3: recordingAvailable has none
  add_recording_fields(event, record, base_url, now);
  event["status"] = record.status;
  if (!record.has_media()) event.erase("mediaUrl");
  return event;
}

account::RecordingNotice notice_of(const bxml::Callback& callback, const std::optional<std::string>& tag) {
  account::RecordingNotice notice{
      .url = callback.url,
      .method = callback.method == bxml::Method::get ? account::Method::get : account::Method::post,
      .tag = tag};
  const auto& [username, password] = callback.credentials;
  if (!username.empty() || !password.empty())
    notice.credentials = account::BasicCredentials{.user_id = username, .password = password};
  return notice;
}

bxml::Callback callback_of(const account::RecordingNotice& notice) {
  return {.url = notice.url,
          .method = method_of(notice.method),
          .credentials = credentials_of(notice.credentials)};
}

bxml::Callback initiate_callback(const account::Callbacks& callbacks) {
  return {.url = callbacks.initiated_url,
          .method = method_of(callbacks.initiated_method),
          .credentials = credentials_of(callbacks.credentials),
          .fallback_url = callbacks.initiated_fallback_url,
          .fallback_method = method_of(callbacks.initiated_fallback_method),
          .fallback_credentials = credentials_of(callbacks.initiated_fallback_credentials)};
}

bxml::Callback status_callback(const account::Callbacks& callbacks) {
  return {.url = callbacks.status_url,
          .method = method_of(callbacks.status_method),
          .credentials = credentials_of(callbacks.credentials)};
}

Webhook webhook_of(const account::CallRecord& record, boost::json::object event,
                   const bxml::Callback& callback, Millis timeout) {
  Webhook webhook{.account_id = record.account_id,
                  .application_id = record.application_id,
                  .call_id = record.call_id,
                  .event = std::move(event),
                  .target = {.url = callback.url,
                             .method = std::string(bxml::method_name(callback.method)),
                             .username = callback.credentials.username,
                             .password = callback.credentials.password},
                  .timeout = timeout};
  if (!callback.fallback_url.empty()) {
    webhook.fallback = Callback{.url = callback.fallback_url,
                                .method = std::string(bxml::method_name(callback.fallback_method)),
                                .username = callback.fallback_credentials.username,
                                .password = callback.fallback_credentials.password};
  }
  return webhook;
}

}  // namespace portico::call
