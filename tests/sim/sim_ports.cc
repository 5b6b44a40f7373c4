#include "sim/ports.h"

namespace portico::sim {

void SimWebhooks::ask(call::RequestId request, call::Webhook webhook, call::Sender answers) {
  auto& told = calls_[webhook.call_id];
  ++told.by_type[std::string(webhook.event.at("eventType").as_string())];
  const call::WebhookAnswer answer{
      .request = request,
      .reply = call::WebhookAnswer::Reply{.body = documents.empty() ? "" : documents.front(),
                                          .url = webhook.target.url}};
  loop_.call_at(loop_.now() + troubles_.webhook_delay_least, [answers, answer] { answers.post(answer); });
}

void SimWebhooks::tell(call::Webhook webhook) {
  ++calls_[webhook.call_id].by_type[std::string(webhook.event.at("eventType").as_string())];
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
void SimObjects::store_recording(call::RequestId request, call::StagedRecording, call::Sender answers) {
  call::RecordingStored stored{.request = request, .bytes = fail(Code::unavailable, "the store is full")};
  if (!luck_.one_in(troubles_.failed_objects)) stored.bytes = 24'000U;
  loop_.call_at(loop_.now() + luck_.up_to(2s), [answers, stored]() mutable { answers.post(stored); });
}

void SimRecords::save(const account::CallRecord& record) {
  auto& call = calls[record.call_id];
  call.state = record.state;
  call.cause = record.disconnect_cause.value_or("");
}

}  // namespace portico::sim
