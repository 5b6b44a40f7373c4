#include "bxml/document.h"

#include <algorithm>
#include <array>

namespace portico::bxml {
namespace {

// Section 2.1: what an unanswered call can meet and stay unanswered. Ring has a say of its own.
constexpr std::array kLeaveUnanswered{
    Forward::kName,    Hangup::kName,           Redirect::kName,       Tag::kName,
    StopGather::kName, StopRecording::kName,    PauseRecording::kName, ResumeRecording::kName,
    StopStream::kName, StopTranscription::kName};

}  // namespace

std::string_view verb_name(const Verb& verb) {
  return std::visit([](const auto& held) { return held.kName; }, verb);
}

Position position(const Verb& verb) {
  return std::visit([](const auto& held) { return held.at; }, verb);
}

bool answers_call(const Verb& verb) {
  if (const auto* ring = std::get_if<Ring>(&verb)) return ring->answer_call;
  return std::ranges::find(kLeaveUnanswered, verb_name(verb)) == kLeaveUnanswered.end();
}

bool is_redirect_only(const Document& document) {
  const auto redirects = [](const Verb& verb) { return std::holds_alternative<Redirect>(verb); };
  const auto tags = [](const Verb& verb) { return std::holds_alternative<Tag>(verb); };
  return std::ranges::any_of(document.verbs, redirects) &&
         std::ranges::all_of(document.verbs, [&](const Verb& verb) { return redirects(verb) || tags(verb); });
}

}  // namespace portico::bxml
