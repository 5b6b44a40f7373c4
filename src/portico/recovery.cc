#include "portico/recovery.h"

#include <algorithm>
#include <set>

#include "audio/mend_recording.h"
#include "base/ids.h"
#include "base/log.h"
#include "call/event_fields.h"

namespace portico::app {
namespace {

constexpr std::size_t kPage = 1'000;
// What a call has let go may still be written: its disk hung, and does so no more.
constexpr auto kLeftFor = 5min;
constexpr Millis kFrames{200};  // an MP3 file has whole frames of 72 ms, and its sound comes one late

void end_call(const Recovery& recovery, account::CallRecord call) {
  // The clock may have been set back since: what is older than the row does not reach the store, and the end
  // would be told at each start.
  const auto ended = std::max(recovery.now, call.last_update + 1ms);
  call.state = "disconnected";
  call.ended = ended;
  call.last_update = ended;
  call.disconnect_cause = "error";
  call.error_message = "the server ended in the middle of the call";
  call.error_id = new_uuid();
  log::warn("a call was cut off by the end of the server",
            {{"callId", call.call_id}, {"errorId", *call.error_id}});
  const auto snapshot = recovery.directory.snapshot();
  const auto* application = snapshot->by_id(call.application_id);
  if (application == nullptr || application->callbacks.status_url.empty()) return recovery.records.save(call);
  const auto& callbacks = application->callbacks;
  recovery.webhooks.tell_end(call::webhook_of(call, call::disconnect_fields(call, recovery.base_url, ended),
                                              call::status_callback(callbacks), callbacks.timeout),
                             call);
}

// The call of a recording; its own record may have died with the process.
account::CallRecord call_of(const Recovery& recovery, const account::RecordingRecord& recording) {
  if (auto found = recovery.store.call(recording.account_id, recording.call_id)) return std::move(*found);
  account::CallRecord call;
  call.call_id = recording.call_id;
  call.account_id = recording.account_id;
  call.application_id = recording.application_id;
  call.parent_call_id = recording.parent_call_id;
  call.to = recording.to;
  call.from = recording.from;
  call.direction = recording.direction;
  if (recording.notice) call.tag = recording.notice->tag;
  return call;
}

Result<audio::RecordingLength> mend(const std::filesystem::path& path, std::string_view format) {
  return format == "mp3" ? audio::mend_mp3(path) : audio::mend_wav(path);
}

// Its sound: staged when the process died, or stored already but not yet said so. False: it is there but
// cannot be stored now.
bool find_sound(const Recovery& recovery, account::RecordingRecord& recording) {
  const auto name = recording.recording_id + "." + recording.file_format;
  const auto key = recording.account_id + "/" + name;
  const auto staged = recovery.objects.staging_path(name);
  auto length = mend(staged, recording.file_format);
  if (!length && length.error().code == Code::unavailable) {
    log::error("a recording cannot be read now",
               {{"recordingId", recording.recording_id}, {"reason", length.error().what}});
    return false;
  }
  // A call that let it go closed, and with all its sound, says how long it is (call/recordings.cc).
  auto told = recording.duration;
  recording.status = "error";
  if (length) {
    const auto stored = recovery.objects.put(staged, key);
    if (!stored) {
      log::error("a recording could not be stored",
                 {{"recordingId", recording.recording_id}, {"reason", stored.error().what}});
      return false;
    }
    recording.media_bytes = *stored;
  } else if (const auto object = recovery.objects.find(key)) {
    length = mend(object->path, recording.file_format);
    if (!length) return true;
    if (!recording.ended) told = length->duration;  // its call died, having stored it
    recording.media_bytes = object->bytes;
  } else {
    return true;
  }
  const bool whole = told > Millis(0) && told <= length->duration + kFrames;
  recording.status = whole ? "complete" : "partial";
  recording.object_key = key;
  recording.duration = length->duration;
  recording.channels = length->channels;
  return true;
}

// False: left for the next start.
bool finish_recording(const Recovery& recovery, account::RecordingRecord recording,
                      const account::CallRecord& call) {
  if (!find_sound(recovery, recording)) return false;
  // What its call has seen counts the pauses.
  if (!recording.ended) recording.ended = recording.started + recording.duration;
  log::warn(
      "a recording that no call looked after is finished",
      {{"callId", recording.call_id}, {"recordingId", recording.recording_id}, {"status", recording.status}});
  const auto notice = std::exchange(recording.notice, std::nullopt);
  if (!notice) {
    recovery.records.save(recording);
    return true;
  }
  const auto snapshot = recovery.directory.snapshot();
  const auto* application = snapshot->by_id(call.application_id);
  const auto timeout =
      application != nullptr ? application->callbacks.timeout : account::kCallbackTimeoutDefault;
  recovery.webhooks.tell_end(
      call::webhook_of(call,
                       call::recording_available_fields(call, recording, recovery.base_url, recovery.now),
                       call::callback_of(*notice), timeout),
      recording);
  return true;
}

// Page by page, as long as `look` wants more.
template <typename Look>
Result<void> each_open_recording(const Recovery& recovery, const Look& look) {
  std::string last;
  while (true) {
    const auto recordings = recovery.store.open_recordings(last, kPage);
    if (!recordings) return fail(recordings.error());
    if (recordings->empty()) return {};
    last = recordings->back().recording_id;
    for (const auto& recording : *recordings) {
      if (!look(recording)) return {};
    }
  }
}

Result<void> sweep(const objects::FileStore& objects, const std::set<std::string>& kept) {
  auto left = objects.staged();
  if (!left) return fail(left.error());
  for (const auto& path : *left) {
    if (kept.contains(path.stem().string())) continue;
    const auto gone = objects.discard(path);
    log::warn("a staged file without a recording was removed",
              {{"file", path.filename().string()}, {"done", gone ? "yes" : gone.error().what}});
  }
  return {};
}

}  // namespace

Result<std::size_t> end_orphaned_calls(const Recovery& recovery) {
  std::size_t ended = 0;
  std::string last;
  while (true) {
    auto calls = recovery.store.open_calls(last, kPage);
    if (!calls) return fail(calls.error());
    if (calls->empty()) return ended;
    last = calls->back().call_id;
    ended += calls->size();
    for (auto& call : *calls) end_call(recovery, std::move(call));
  }
}

Result<std::size_t> finish_orphaned_recordings(const Recovery& recovery) {
  std::size_t finished = 0;
  std::set<std::string> kept;
  const auto done = each_open_recording(recovery, [&](const account::RecordingRecord& recording) {
    if (finish_recording(recovery, recording, call_of(recovery, recording))) {
      ++finished;
    } else {
      kept.insert(recording.recording_id);
    }
    return true;
  });
  if (!done) return fail(done.error());
  auto swept = sweep(recovery.objects, kept);
  if (!swept) return fail(swept.error());
  return finished;
}

Result<std::size_t> finish_left_recordings(const Recovery& recovery, const std::set<std::string>& unfinished,
                                           const std::atomic<bool>& stopping) {
  std::size_t finished = 0;
  const auto done = each_open_recording(recovery, [&](const account::RecordingRecord& recording) {
    if (stopping) return false;
    if (!recording.ended || *recording.ended + kLeftFor > recovery.now) return true;
    if (unfinished.contains(recording.recording_id)) return true;
    finished += finish_recording(recovery, recording, call_of(recovery, recording)) ? 1 : 0;
    return true;
  });
  if (!done) return fail(done.error());
  return finished;
}

}  // namespace portico::app
