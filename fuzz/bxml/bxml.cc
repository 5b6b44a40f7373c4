// room: bxml
// Any bytes as a document of each kind. What holds whatever they say: parse() and check() agree, faults and
// warnings are short sentences whose positions lie within the text, every URL is absolute, and what is spoken
// and every URL would be accepted again as they are.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <variant>

#include "base/limits.h"
#include "base/utf8.h"
#include "bxml/parse.h"
#include "bxml/report.h"
#include "bxml/url.h"

namespace {

using namespace portico::bxml;

void hold(bool truth) {
  if (!truth) std::abort();
}

void hold_told(const Fault& fault, std::string_view text) {
  hold(fault.at.line <= text.size() + 1 && fault.at.column <= text.size() + 1);
  const std::string told = describe(fault);
  hold(told.size() < 1'000 && portico::first_bad_utf8(told) == told.size());
}

void hold_absolute(const std::string& url) {
  if (url.empty()) return;
  const auto again = resolve("", url);
  hold(again.has_value() && *again == url);
}

void hold_websocket(const std::string& uri) {
  if (uri.empty()) return;
  const auto again = websocket_uri(uri);
  hold(again.has_value() && *again == uri);
}

void hold_callback(const Callback& callback) {
  hold_absolute(callback.url);
  hold_absolute(callback.fallback_url);
}

// It goes to engines without the document around it.
void hold_spoken(const Speech& speech) {
  const std::string text = "<Bxml><SpeakSentence>" + speech.ssml + "</SpeakSentence></Bxml>";
  if (text.size() > portico::limits::kBxmlBytesMax) return;  // escapes have made it longer
  const auto document = parse(text, {});
  hold(document.has_value() && document->verbs.size() == 1 && document->warnings.empty());
  const auto& again = std::get<SpeakSentence>(document->verbs.front()).speech;
  hold(again.ssml == speech.ssml && again.plain == speech.plain && again.marked_up == speech.marked_up);
}

// A verb, or a target of <Transfer>.
template <typename Held>
void look_at(const Held& verb) {
  if constexpr (requires { verb.complete; }) hold_callback(verb.complete);
  if constexpr (requires { verb.target_complete; }) hold_callback(verb.target_complete);
  if constexpr (requires { verb.available; }) hold_callback(verb.available);
  if constexpr (requires { verb.transcription_available; }) hold_callback(verb.transcription_available);
  if constexpr (requires { verb.redirect; }) hold_callback(verb.redirect);
  if constexpr (requires { verb.events; }) hold_callback(verb.events);
  if constexpr (requires { verb.dtmf; }) hold_callback(verb.dtmf);
  if constexpr (requires { verb.answer; }) hold_callback(verb.answer);
  if constexpr (requires { verb.disconnect; }) hold_callback(verb.disconnect);
  if constexpr (requires { verb.url; }) hold_absolute(verb.url);
  if constexpr (requires { verb.destination; }) hold_websocket(verb.destination);
}

void look_at(const SpeakSentence& speak) {
  hold(find_voice(speak.voice.name) != nullptr);
  hold_spoken(speak.speech);
}

void look_closer(const Verb& verb) {
  (void)answers_call(verb);
  std::visit([](const auto& held) { look_at(held); }, verb);
  if (const auto* redirect = std::get_if<Redirect>(&verb)) hold(!redirect->redirect.url.empty());
  if (const auto* play = std::get_if<PlayAudio>(&verb)) hold(!play->url.empty());
  if (const auto* stream = std::get_if<StartStream>(&verb)) hold(!stream->destination.empty());
  if (const auto* gather = std::get_if<Gather>(&verb)) {
    hold(gather->prompts.size() * static_cast<std::size_t>(gather->repeat_count) <= 20);
    for (const Prompt& prompt : gather->prompts) {
      std::visit([](const auto& held) { look_at(held); }, prompt);
    }
  }
  if (const auto* transfer = std::get_if<Transfer>(&verb)) {
    hold(!transfer->targets.empty() && transfer->targets.size() <= 8);
    for (const TransferTarget& target : transfer->targets) look_at(target);
  }
}

void try_as(std::string_view text, const ParseContext& context) {
  const std::vector<Fault> faults = check(text, context);
  const auto document = parse(text, context);
  hold(document.has_value() == faults.empty());
  hold(faults.size() <= portico::limits::kBxmlFaultsMax);
  for (const Fault& fault : faults) hold_told(fault, text);
  if (!document) return hold(document.error() == faults.front());
  hold(text.find('\0') == std::string_view::npos);
  for (const Fault& warning : document->warnings) hold_told(warning, text);
  for (const Verb& verb : document->verbs) look_closer(verb);
  (void)is_redirect_only(*document);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try_as(text, {DocumentKind::call, "https://app.example/hooks/answer", true});
  try_as(text, {DocumentKind::transfer_answer, "https://203.0.113.7.sslip.io?q", true});
  try_as(text, {DocumentKind::conference, "", false});
  return 0;
}
