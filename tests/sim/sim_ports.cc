#include <array>

#include "sim/ports.h"

namespace portico::sim {
namespace {

constexpr const char* kAtAnEnd = "<Response><Hangup/></Response>";
constexpr std::array kDocuments{
    "<Response><SpeakSentence>Hello</SpeakSentence><Hangup/></Response>",
    "<Response><Ring duration=\"3\"/><SpeakSentence>Hello</SpeakSentence></Response>",
    "<Response><Pause duration=\"4\"/><PlayAudio>http://app.example/a.wav</PlayAudio></Response>",
    "<Response><Gather gatherUrl=\"http://app.example/g\" maxDigits=\"2\" firstDigitTimeout=\"5\">"
    "<SpeakSentence>Your number?</SpeakSentence></Gather></Response>",
    "<Response><Record recordCompleteUrl=\"http://app.example/r\" maxDuration=\"6\" "
    "recordingAvailableUrl=\"http://app.example/status\"/></Response>",
    "<Response><StartRecording recordingAvailableUrl=\"http://app.example/status\"/>"
    "<SpeakSentence>Hello</SpeakSentence><Pause duration=\"9\"/></Response>",
    "<Response><StartGather dtmfUrl=\"http://app.example/d\"/><Pause duration=\"20\"/></Response>",
    "<Response><Redirect redirectUrl=\"http://app.example/n\"/></Response>",
    "<Response><SendDtmf>12#</SendDtmf><SpeakSentence>Sent</SpeakSentence></Response>",
    "<Response/>",
    "",
    "<Response><Nonsense",
};

}  // namespace

void SimWebhooks::ask(call::RequestId request, call::Webhook webhook, call::Sender answers) {
  auto& told = calls_[webhook.call_id];
  ++told.by_type[std::string(webhook.event.at("eventType").as_string())];
  if (told.by_type.contains("disconnect")) told.after_disconnect = true;
  call::WebhookAnswer answer{.request = request, .reply = fail(Code::timeout, "no answer in 15 s")};
  auto after = troubles_.webhook_delay_least + luck_.up_to(troubles_.webhook_delay);
  if (luck_.one_in(troubles_.failed_webhooks)) {
    after = webhook.timeout;
  } else {
    answer.reply = call::WebhookAnswer::Reply{.body = pick_document(told), .url = webhook.target.url};
  }
  loop_.call_at(loop_.now() + after, [answers, answer]() mutable { answers.post(answer); });
}

std::string SimWebhooks::pick_document(const Told& told) {
  int asked = 0;
  for (const auto& [type, times] : told.by_type) asked += times;
  if (asked > 8) return kAtAnEnd;  // no call goes on for ever
  if (!documents.empty()) return documents[luck_.below(static_cast<std::uint32_t>(documents.size()))];
  return kDocuments[luck_.below(kDocuments.size())];
}

void SimWebhooks::tell(call::Webhook webhook) {
  auto& told = calls_[webhook.call_id];
  const std::string type(webhook.event.at("eventType").as_string());
  const bool the_end = type == "disconnect";
  if (the_end && sabotage_ == Sabotage::lost_event && luck_.one_in(4)) return;
  if (type == "recordingAvailable") {
    ++told.available_by_recording[std::string(webhook.event.at("recordingId").as_string())];
  } else if (told.by_type.contains("disconnect")) {
    told.after_disconnect = true;
  }
  told.by_type[type] += the_end && sabotage_ == Sabotage::doubled_event && luck_.one_in(4) ? 2 : 1;
}

void SimSounds::speak(call::RequestId request, const call::Utterance& utterance, call::Sender answers) {
  answer(request, utterance.ssml, std::move(answers));
}
void SimSounds::fetch(call::RequestId request, const call::AudioFetch& fetch, call::Sender answers) {
  answer(request, fetch.url, std::move(answers));
}
void SimSounds::answer(call::RequestId request, std::string key, call::Sender answers) {
  call::SoundReady ready{.request = request, .sound = fail(Code::unavailable, "the voice is gone")};
  if (!luck_.one_in(troubles_.failed_sounds)) {
    ready.sound = call::SoundReady::Sound{.key = std::move(key), .length = Millis(1000)};
  }
  loop_.call_at(loop_.now() + luck_.up_to(300ms), [answers, ready]() mutable { answers.post(ready); });
}

std::string SimObjects::staging_path(std::string_view id, std::string_view format) {
  return "/staging/" + std::string(id) + "." + std::string(format);
}
void SimObjects::store_recording(call::RequestId request, std::string, std::string, call::Sender answers) {
  call::RecordingStored stored{.request = request, .bytes = fail(Code::unavailable, "the store is full")};
  if (!luck_.one_in(troubles_.failed_objects)) stored.bytes = 24'000U;
  loop_.call_at(loop_.now() + luck_.up_to(2s), [answers, stored]() mutable { answers.post(stored); });
}

void SimRecords::save(const account::CallRecord& record) {
  auto& call = calls[record.call_id];
  call.sip_call_id = record.sip_call_id;
  const bool over = record.state == "disconnected";
  if (call.ends > 0 && !over) call.revived = true;
  if (over) ++call.ends;
  call.admitted = call.admitted || !over;
  call.state = record.state;
  call.cause = record.disconnect_cause.value_or("");
}

void SimRecords::save(const account::RecordingRecord& record) {
  auto& status = recordings[record.recording_id];
  if (sabotage_ == Sabotage::lost_recording && !status.empty()) return;
  status = record.status;
}

}  // namespace portico::sim
