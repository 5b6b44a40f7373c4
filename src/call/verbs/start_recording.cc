// <StartRecording> and its companions: recording beside the other verbs (bxml.md).

#include "base/log.h"
#include "call/verbs/verbs.h"

namespace portico::call {

async::Task<Outcome> start_recording(Call& call, const bxml::StartRecording& verb) {
  call.change_tag(verb.tag);
  // Only one at a time: a second one is ignored.
  if (call.recordings().background_runs()) co_return Outcome::next;
  if (verb.transcribe && call.may_note())
    log::warn("StartRecording: recordings are not transcribed yet", {{"callId", call.id()}});
  if (!call.recordings().has_room()) {
    if (call.may_note()) {
      log::error("a recording was not started: too many of the call's are not stored yet",
                 {{"callId", call.id()}});
    }
  } else {
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
