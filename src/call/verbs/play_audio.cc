// <PlayAudio> and <SpeakSentence>: a sound is made ready, then played to its end (bxml.md).

#include "call/verbs/verbs.h"

namespace portico::call {
namespace {

async::Task<Outcome> play_prompt(Call& call, bxml::Prompt prompt, std::string_view name) {
  const std::vector<bxml::Prompt> prompts{std::move(prompt)};
  const auto prepared = co_await call.prepare(prompts);
  if (!prepared) co_return call.ending() ? Outcome::over : Outcome::next;
  const auto played = co_await call.play(prepared->sounds);
  if (!played) co_return call.ending() ? Outcome::over : Outcome::next;
  if (played->end == media::PlayEnd::failed) {
    co_return call.end(Cause::application_error, std::string(name) + ": " + played->reason);
  }
  co_return Outcome::next;
}

}  // namespace

async::Task<Outcome> play_audio(Call& call, const bxml::PlayAudio& verb) {
  return play_prompt(call, verb, bxml::PlayAudio::kName);
}

async::Task<Outcome> speak_sentence(Call& call, const bxml::SpeakSentence& verb) {
  return play_prompt(call, verb, bxml::SpeakSentence::kName);
}

}  // namespace portico::call
