#include "bxml/read/root_verbs.h"

#include <algorithm>
#include <array>

namespace portico::bxml {
namespace {

template <typename Held>
Verb read_as(const Element& element, Reading& reading) {
  Held verb;
  read(element, reading, verb);
  return verb;
}

template <typename Held>
constexpr RootVerb row(RootVerb::Place place) {
  return {Held::kName, place, &read_as<Held>};
}

using enum RootVerb::Place;
constexpr std::array kRootVerbs{
    row<Bridge>(call),
    row<Conference>(call),
    row<Connect>(call),
    row<Forward>(call),
    row<Gather>(any_call),
    row<Hangup>(any_call),
    row<Pause>(any_call),
    row<PauseRecording>(everywhere),
    row<PlayAudio>(everywhere),
    row<Record>(any_call),
    row<Redirect>(any_call),
    row<Refer>(call),
    row<ResumeRecording>(everywhere),
    row<Ring>(any_call),
    row<SendDtmf>(any_call),
    row<SpeakSentence>(everywhere),
    row<StartGather>(any_call),
    row<StartRecording>(everywhere),
    row<StartStream>(any_call),
    row<StartTranscription>(any_call),
    row<StopGather>(any_call),
    row<StopRecording>(everywhere),
    row<StopStream>(any_call),
    row<StopTranscription>(any_call),
    row<Tag>(any_call),
    row<Transfer>(call),
};
static_assert(kRootVerbs.size() == std::variant_size_v<Verb>);

}  // namespace

const RootVerb* find_root_verb(std::string_view name) {
  const auto* const found = std::ranges::find(kRootVerbs, name, &RootVerb::name);
  return found == kRootVerbs.end() ? nullptr : found;
}

bool may_stand_in(RootVerb::Place place, DocumentKind kind) {
  switch (kind) {
    case DocumentKind::call:
      return true;
    case DocumentKind::transfer_answer:
      return place != call;
    case DocumentKind::conference:
      return place == everywhere;
  }
  return false;
}

}  // namespace portico::bxml
