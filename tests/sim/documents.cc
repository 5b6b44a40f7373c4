#include "sim/documents.h"

#include <algorithm>
#include <iterator>

namespace portico::sim {
namespace {

// From a document to its first sound: 200 and ACK, each on its way for 80 ms at most, a voice that takes up
// to 300 ms, and a frame or two.
constexpr auto kSoon = 700ms;

constexpr Document kDocuments[] = {
    {"<Response><SpeakSentence>Hello</SpeakSentence><Hangup/></Response>", {}, kSoon},
    {"<Response><Ring duration=\"3\"/><SpeakSentence>Hello</SpeakSentence></Response>", {}, kSoon},
    {"<Response><Ring duration=\"4\" answerCall=\"false\"/><Pause duration=\"2\"/></Response>", 2s},
    {"<Response><Pause duration=\"4\"/><PlayAudio>http://app.example/a.wav</PlayAudio></Response>", 4s,
     4s + kSoon},
    {"<Response><Gather gatherUrl=\"http://app.example/g\" maxDigits=\"2\" firstDigitTimeout=\"5\">"
     "<SpeakSentence>Your number?</SpeakSentence></Gather></Response>"},
    {"<Response><Gather gatherUrl=\"http://app.example/g\" gatherFallbackUrl=\"http://spare.example/g\" "
     "terminatingDigits=\"#\" repeatCount=\"2\" firstDigitTimeout=\"2\"><PlayAudio>/menu.wav</PlayAudio>"
     "</Gather></Response>"},
    {"<Response><Record recordCompleteUrl=\"http://app.example/r\" maxDuration=\"6\" "
     "recordingAvailableUrl=\"http://app.example/status\"/></Response>"},
    {"<Response><StartRecording recordingAvailableUrl=\"http://app.example/status\"/>"
     "<SpeakSentence>Hello</SpeakSentence><Pause duration=\"9\"/></Response>",
     9s, kSoon},
    {"<Response><StartRecording recordingAvailableUrl=\"http://app.example/kept\"/><PauseRecording/>"
     "<Pause duration=\"1\"/><ResumeRecording/><SpeakSentence>Hello</SpeakSentence><StopRecording/>"
     "<Redirect redirectUrl=\"http://app.example/n\"/></Response>",
     1s, 1s + kSoon},
    {"<Response><StartGather dtmfUrl=\"http://app.example/d\"/><Pause duration=\"20\"/></Response>", 20s},
    {"<Response><StartGather dtmfUrl=\"http://app.example/status\"/><SpeakSentence>Hello</SpeakSentence>"
     "<StopGather/><Tag>late</Tag><Pause duration=\"3\"/></Response>",
     3s, kSoon},
    {"<Response><Redirect redirectUrl=\"http://app.example/n\"/></Response>"},
    {"<Response><Tag>first</Tag><Redirect redirectUrl=\"/n\" redirectFallbackUrl=\"http://spare.example/n\"/>"
     "</Response>"},
    {"<Response><SendDtmf>12#</SendDtmf><SpeakSentence>Sent</SpeakSentence></Response>"},
    {.text = "<Response><Bridge>c-nobody</Bridge></Response>", .unsupported = true},
    {"<Response/>"},
    {""},
    {.text = "<Response><Nonsense", .right = false},
    {.text = "{\"error\": \"not BXML at all\"}", .right = false},
};
constexpr Document kLast{kLastDocument};

}  // namespace

std::string pick_document(Luck& luck) {
  return std::string(kDocuments[luck.below(std::size(kDocuments))].text);
}

bool is_question(std::string_view event) {
  static constexpr std::string_view kQuestions[] = {"initiate", "gather", "redirect", "recordComplete"};
  return std::ranges::find(kQuestions, event) != std::end(kQuestions);
}

const Document* find_document(std::string_view text) {
  if (text == kLastDocument) return &kLast;
  const auto* const found = std::ranges::find(kDocuments, text, &Document::text);
  return found == std::end(kDocuments) ? nullptr : found;
}

}  // namespace portico::sim
