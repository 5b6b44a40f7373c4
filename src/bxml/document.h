#pragma once
// A call-control document that was found valid: plain data, one struct a verb, in the order of the text. Made
// by parse.h. Contract: bxml.md.

#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "bxml/fault.h"
#include "bxml/verbs/bridge.h"
#include "bxml/verbs/conference.h"
#include "bxml/verbs/connect.h"
#include "bxml/verbs/forward.h"
#include "bxml/verbs/gather.h"
#include "bxml/verbs/hangup.h"
#include "bxml/verbs/pause.h"
#include "bxml/verbs/pause_recording.h"
#include "bxml/verbs/play_audio.h"
#include "bxml/verbs/record.h"
#include "bxml/verbs/redirect.h"
#include "bxml/verbs/refer.h"
#include "bxml/verbs/resume_recording.h"
#include "bxml/verbs/ring.h"
#include "bxml/verbs/send_dtmf.h"
#include "bxml/verbs/speak_sentence.h"
#include "bxml/verbs/start_gather.h"
#include "bxml/verbs/start_recording.h"
#include "bxml/verbs/start_stream.h"
#include "bxml/verbs/start_transcription.h"
#include "bxml/verbs/stop_gather.h"
#include "bxml/verbs/stop_recording.h"
#include "bxml/verbs/stop_stream.h"
#include "bxml/verbs/stop_transcription.h"
#include "bxml/verbs/tag.h"
#include "bxml/verbs/transfer.h"

namespace portico::bxml {

// The root verbs of section 1.2. Each has `static constexpr std::string_view kName` and `Position at`.
using Verb = std::variant<Bridge, Conference, Connect, Forward, Gather, Hangup, Pause, PauseRecording,
                          PlayAudio, Record, Redirect, Refer, ResumeRecording, Ring, SendDtmf, SpeakSentence,
                          StartGather, StartRecording, StartStream, StartTranscription, StopGather,
                          StopRecording, StopStream, StopTranscription, Tag, Transfer>;

struct Document {
  std::vector<Verb> verbs;      // empty: hang up
  std::string base_url;         // what relative URLs were resolved against; empty when unknown
  std::vector<Fault> warnings;  // what was ignored: unknown attributes and the like. Worth a log line
};

std::string_view verb_name(const Verb& verb);  // "Gather"; static storage
Position position(const Verb& verb);

// True when an unanswered inbound call must be answered before the verb runs (section 2.1).
bool answers_call(const Verb& verb);

// True for a document of nothing but Redirect and Tag with a Redirect among them (the loop guard of
// Redirect).
bool is_redirect_only(const Document& document);

}  // namespace portico::bxml
