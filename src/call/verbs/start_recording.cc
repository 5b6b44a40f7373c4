// <StartRecording> and its companions: recording beside the other verbs (bxml.md).

#include "call/verbs/verbs.h"

namespace portico::call {

async::Task<Outcome> start_recording(Call& call, const bxml::StartRecording& verb) {
  call.change_tag(verb.tag);
  // Only one at a time: a second one is ignored.
  if (!call.recordings().background_runs() && call.recordings().has_room()) {
    call.recordings().start_background(
        {.format = verb.file_format,
         .sides = verb.multi_channel ? media::RecordSides::two_channels : media::RecordSides::mixed,
         .available = verb.available});
  }
  co_return Outcome::next;
}

async::Task<Outcome> pause_recording(Call& call, const bxml::PauseRecording&) {
  call.recordings().pause_background();
  co_return Outcome::next;
}

async::Task<Outcome> resume_recording(Call& call, const bxml::ResumeRecording&) {
  call.recordings().resume_background();
  co_return Outcome::next;
}

async::Task<Outcome> stop_recording(Call& call, const bxml::StopRecording&) {
  call.recordings().stop_background();
  co_return Outcome::next;
}

}  // namespace portico::call
