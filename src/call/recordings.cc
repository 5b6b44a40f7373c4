#include "call/recordings.h"

#include "base/ids.h"
#include "base/log.h"
#include "call/call.h"
#include "call/event_fields.h"

namespace portico::call {
namespace {

// The status of what the call lets go before it is stored: the sound is in the staging directory, and who
// looks after what calls have left stores it and tells. `ended` says that it has been let go, a duration that
// the file is whole.
constexpr const char* kLeft = "processing";

bool is_passing(Code code) { return code == Code::busy || code == Code::unavailable; }

}  // namespace

std::string Recordings::start(const RecordingWish& wish) {
  const auto id = new_recording_id();
  Live live;
  auto& record = live.record;
  record.recording_id = id;
  record.account_id = call_.record().account_id;
  record.application_id = call_.record().application_id;
  record.call_id = call_.id();
  record.parent_call_id = call_.record().parent_call_id;
  record.to = call_.record().to;
  record.from = call_.record().from;
  record.direction = call_.record().direction;
  record.channels = wish.sides == media::RecordSides::two_channels ? 2 : 1;
  record.started = call_.wall();
  record.file_format = std::string(bxml::file_format_name(wish.format));
  live.available = wish.available;
  if (wish.available.wanted()) record.notice = notice_of(wish.available, call_.tag());
  live.path = call_.environment().objects.staging_path(id, record.file_format);
  call_.environment().records.save(record);
  call_.send(media::Record{
      .record = id,
      .path = live.path,
      .format = wish.format == bxml::FileFormat::mp3 ? media::FileFormat::mp3 : media::FileFormat::wav,
      .sides = wish.sides,
      .duration_max = wish.duration_max,
      .silence_timeout = wish.silence_timeout,
      .terminating_digits = wish.terminating_digits});
  live_.emplace(id, std::move(live));
  return id;
}

void Recordings::stop(const std::string& id) { call_.send(media::StopRecord{.record = id}); }

void Recordings::pause_background() {
  if (!background_runs() || std::exchange(background_paused_, true)) return;
  call_.send(media::PauseRecord{.record = background_});
}
void Recordings::resume_background() {
  if (!background_runs() || !std::exchange(background_paused_, false)) return;
  call_.send(media::ResumeRecord{.record = background_});
}
void Recordings::stop_background() {
  if (background_runs()) stop(std::exchange(background_, {}));
}

void Recordings::on_ended(const media::RecordingEnded& over) {
  const auto it = live_.find(over.record);
  if (it == live_.end()) return;
  it->second.over = call_.wall();
  it->second.length = over.duration;
  it->second.record.channels = over.channels;
}

bool Recordings::on_closed(const media::RecordingClosed& closed) {
  const auto it = live_.find(closed.record);
  if (it == live_.end()) return false;
  if (background_ == closed.record) background_.clear();
  auto& live = it->second;
  live.record.ended = live.over.value_or(call_.wall());
  live.record.duration = closed.duration;
  live.record.channels = closed.channels;
  if (closed.end == media::RecordEnd::error) {
    if (call_.may_note()) {
      log::error("recording failed",
                 {{"callId", call_.id()}, {"recordingId", closed.record}, {"reason", closed.reason}});
    }
    live.parts_missing = true;
    if (closed.samples == 0) {
      finish(live, "error");
      live_.erase(it);
      return true;
    }
  }
  live.record.object_key =
      live.record.account_id + "/" + live.record.recording_id + "." + live.record.file_format;
  live.storing = call_.new_request();
  call_.environment().objects.store_recording(
      live.storing, {.path = live.path, .object_key = live.record.object_key, .call_id = live.record.call_id},
      call_.sender());
  return true;
}

bool Recordings::on_stored(const RecordingStored& stored) {
  for (auto it = live_.begin(); it != live_.end(); ++it) {
    auto& live = it->second;
    if (live.storing != stored.request) continue;
    if (stored.bytes) {
      live.record.media_bytes = *stored.bytes;
      finish(live, live.parts_missing ? "partial" : "complete");
    } else {
      if (call_.may_note()) {
        log::error("recording could not be stored", {{"callId", call_.id()},
                                                     {"recordingId", live.record.recording_id},
                                                     {"reason", stored.bytes.error().what}});
      }
      if (live.parts_missing) live.record.duration = Millis(0);
      finish(live, is_passing(stored.bytes.error().code) ? kLeft : "error");
    }
    live_.erase(it);
    return true;
  }
  return false;
}

void Recordings::give_up(std::string_view why) {
  for (auto& [id, live] : live_) {
    if (call_.may_note()) {
      log::error("recording left to be stored later",
                 {{"callId", call_.id()}, {"recordingId", id}, {"reason", why}});
    }
    if (!live.record.ended) live.record.ended = live.over.value_or(call_.wall());
    if (live.parts_missing) live.record.duration = Millis(0);
    finish(live, kLeft);
  }
  live_.clear();
  background_.clear();
}

void Recordings::finish(Live& live, std::string status) {
  live.record.status = std::move(status);
  if (live.record.status == kLeft || live.record.status == "error") live.record.object_key.clear();
  if (live.record.status == kLeft) {
    if (live.record.notice) live.record.notice->tag = call_.tag();
    call_.environment().records.save(live.record);
  } else {
    live.record.notice.reset();
    call_.save_and_tell_available(live.record, live.available);
  }
  last_done_ = std::make_unique<const account::RecordingRecord>(live.record);
}

void Recordings::describe(const std::string& id, boost::json::object& event) const {
  const auto& base_url = call_.environment().base_url;
  if (last_done_ && last_done_->recording_id == id) {
    return add_recording_fields(event, *last_done_, base_url, call_.wall());
  }
  const auto it = live_.find(id);
  if (it == live_.end()) return;
  auto record = it->second.record;
  if (!record.ended && it->second.over) {
    record.ended = it->second.over;
    record.duration = it->second.length;
  }
  add_recording_fields(event, record, base_url, call_.wall());
}

}  // namespace portico::call
