#pragma once
// The recordings of one call, from the verb to the `recordingAvailable` webhook. A recording outlives its
// call: the call's coroutine waits for the last one.

#include <boost/json/object.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "account/recording_record.h"
#include "base/limits.h"
#include "bxml/groups.h"
#include "call/events.h"
#include "media/events.h"

namespace portico::call {

class Call;

struct RecordingWish {
  bxml::FileFormat format = bxml::FileFormat::wav;
  media::RecordSides sides = media::RecordSides::received;
  Millis duration_max{0};     // 0: none
  Millis silence_timeout{0};  // 0: off
  std::string terminating_digits;
  bxml::Callback available;  // recordingAvailable
};

class Recordings {
 public:
  explicit Recordings(Call& call) : call_(call) {}

  // Starts one on the call's port; returns its id.
  std::string start(const RecordingWish& wish);
  void stop(const std::string& id);

  // StartRecording and its companions: at most one at a time, no effect where there is none.
  bool background_runs() const { return !background_.empty(); }
  void start_background(const RecordingWish& wish) {
    background_ = start(wish);
    background_paused_ = false;
  }
  void pause_background();
  void resume_background();
  void stop_background();

  void on_ended(const media::RecordingEnded& over);
  // The file is complete: keeps it as an object. False: not one of ours.
  bool on_closed(const media::RecordingClosed& closed);
  bool on_stored(const RecordingStored& stored);
  // Nobody waits for what has not closed or been stored any more: who looks after that tells its end.
  void give_up(std::string_view why);

  // Fields of recordComplete that describe the recording (webhooks.md section 4): one that is unfinished, or
  // the last that ended.
  void describe(const std::string& id, boost::json::object& event) const;
  bool all_done() const { return live_.empty(); }
  // False: as many of this call's are unfinished as may be. A document may start and stop one after the
  // other, faster than any disk.
  bool has_room() const { return live_.size() < limits::kRecordingsUnfinishedMax; }

 private:
  struct Live {
    account::RecordingRecord record;
    bxml::Callback available;
    std::string path;
    RequestId storing = 0;
    std::optional<WallTime> over;  // nothing more is recorded since; the file may not be complete
    Millis length{0};
    bool parts_missing = false;
  };
  void finish(Live& live, std::string status);

  Call& call_;
  std::map<std::string, Live> live_;
  std::unique_ptr<const account::RecordingRecord> last_done_;  // large, and rare
  std::string background_;
  bool background_paused_ = false;
};

}  // namespace portico::call
