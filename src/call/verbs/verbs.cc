#include "call/verbs/verbs.h"

namespace portico::call {
namespace {

// A verb that parses but that this build cannot carry out says so by name instead of doing something else.
async::Task<Outcome> not_carried_out(Call& call, std::string_view name) {
  co_return call.end(Cause::application_error, "<" + std::string(name) + "> is not supported by this server");
}

struct Dispatch {
  Call& call;
  async::Task<Outcome> operator()(const bxml::Gather& v) const { return gather(call, v); }
  async::Task<Outcome> operator()(const bxml::Hangup& v) const { return hangup(call, v); }
  async::Task<Outcome> operator()(const bxml::Pause& v) const { return pause(call, v); }
  async::Task<Outcome> operator()(const bxml::PauseRecording& v) const { return pause_recording(call, v); }
  async::Task<Outcome> operator()(const bxml::PlayAudio& v) const { return play_audio(call, v); }
  async::Task<Outcome> operator()(const bxml::Record& v) const { return record(call, v); }
  async::Task<Outcome> operator()(const bxml::Redirect& v) const { return redirect(call, v); }
  async::Task<Outcome> operator()(const bxml::ResumeRecording& v) const { return resume_recording(call, v); }
  async::Task<Outcome> operator()(const bxml::Ring& v) const { return ring(call, v); }
  async::Task<Outcome> operator()(const bxml::SendDtmf& v) const { return send_dtmf(call, v); }
  async::Task<Outcome> operator()(const bxml::SpeakSentence& v) const { return speak_sentence(call, v); }
  async::Task<Outcome> operator()(const bxml::StartGather& v) const { return start_gather(call, v); }
  async::Task<Outcome> operator()(const bxml::StartRecording& v) const { return start_recording(call, v); }
  async::Task<Outcome> operator()(const bxml::StopGather& v) const { return stop_gather(call, v); }
  async::Task<Outcome> operator()(const bxml::StopRecording& v) const { return stop_recording(call, v); }
  async::Task<Outcome> operator()(const bxml::Tag& v) const { return tag(call, v); }
  template <typename Other>
  async::Task<Outcome> operator()(const Other&) const {
    return not_carried_out(call, Other::kName);
  }
};

}  // namespace

async::Task<Outcome> carry_out(Call& call, const bxml::Verb& verb) {
  return std::visit(Dispatch{call}, verb);
}

}  // namespace portico::call
