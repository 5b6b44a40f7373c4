#pragma once
// A function a verb: carries it out on a call and says what comes next. Contract: bxml.md section 4.

#include "async/task.h"
#include "bxml/document.h"
#include "call/call.h"

namespace portico::call {

async::Task<Outcome> carry_out(Call& call, const bxml::Verb& verb);

async::Task<Outcome> gather(Call& call, const bxml::Gather& verb);
async::Task<Outcome> hangup(Call& call, const bxml::Hangup& verb);
async::Task<Outcome> pause(Call& call, const bxml::Pause& verb);
async::Task<Outcome> pause_recording(Call& call, const bxml::PauseRecording& verb);
async::Task<Outcome> play_audio(Call& call, const bxml::PlayAudio& verb);
async::Task<Outcome> record(Call& call, const bxml::Record& verb);
async::Task<Outcome> redirect(Call& call, const bxml::Redirect& verb);
async::Task<Outcome> resume_recording(Call& call, const bxml::ResumeRecording& verb);
async::Task<Outcome> ring(Call& call, const bxml::Ring& verb);
async::Task<Outcome> send_dtmf(Call& call, const bxml::SendDtmf& verb);
async::Task<Outcome> speak_sentence(Call& call, const bxml::SpeakSentence& verb);
async::Task<Outcome> start_gather(Call& call, const bxml::StartGather& verb);
async::Task<Outcome> start_recording(Call& call, const bxml::StartRecording& verb);
async::Task<Outcome> stop_gather(Call& call, const bxml::StopGather& verb);
async::Task<Outcome> stop_recording(Call& call, const bxml::StopRecording& verb);
async::Task<Outcome> tag(Call& call, const bxml::Tag& verb);

}  // namespace portico::call
