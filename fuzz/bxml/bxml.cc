// room: bxml
// Any bytes as a document of each kind. What holds whatever they say: parse() and check() agree, positions
// lie within the text, everything kept is bounded and absolute, and a document that was accepted is accepted
// again.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

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

void hold_absolute(const std::string& url) {
  const auto again = resolve("", url);
  hold(again.has_value() && *again == url);
}

void look_at(const Verb& verb) {
  (void)answers_call(verb);
  if (const auto* redirect = std::get_if<Redirect>(&verb)) hold_absolute(redirect->redirect.url);
  if (const auto* play = std::get_if<PlayAudio>(&verb)) hold_absolute(play->url);
  if (const auto* speak = std::get_if<SpeakSentence>(&verb)) hold(find_voice(speak->voice.name) != nullptr);
  if (const auto* gather = std::get_if<Gather>(&verb)) {
    hold(gather->prompts.size() * static_cast<std::size_t>(gather->repeat_count) <= 20);
  }
  if (const auto* transfer = std::get_if<Transfer>(&verb))
    hold(!transfer->targets.empty() && transfer->targets.size() <= 8);
}

void try_kind(std::string_view text, DocumentKind kind) {
  const ParseContext context{kind, "https://app.example/hooks/answer", true};
  const std::vector<Fault> faults = check(text, context);
  const auto document = parse(text, context);
  hold(document.has_value() == faults.empty());
  hold(faults.size() <= portico::limits::kBxmlFaultsMax);
  if (!document) {
    hold(document.error() == faults.front());
    hold(document.error().at.line <= text.size() + 1 && document.error().at.column <= text.size() + 1);
    const std::string told = describe(document.error());
    hold(told.size() < 1'000 + text.size());
    return;
  }
  for (const Verb& verb : document->verbs) look_at(verb);
  (void)is_redirect_only(*document);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const auto kind : {DocumentKind::call, DocumentKind::transfer_answer, DocumentKind::conference})
    try_kind(text, kind);
  return 0;
}
