#pragma once
// A recording's metadata: contract voice-api.md section 4 (callRecordingMetadata). The sound itself is an
// object in objects/, named by `object_key`.

#include <cstdint>
#include <optional>
#include <string>

#include "account/application.h"
#include "account/call_record.h"
#include "base/time.h"

namespace portico::account {

struct TranscriptionState {
  std::string id;
  std::string status;  // none, processing, available, error, timeout, file-size-too-big, file-size-too-small
  std::optional<WallTime> completed;
  std::string object_key;  // the text as JSON; empty until available

  friend bool operator==(const TranscriptionState&, const TranscriptionState&) = default;
};

// Where `recordingAvailable` goes. Kept while a recording is not finished, so that it is told even when the
// process dies before.
struct RecordingNotice {
  std::string url;
  Method method = Method::post;
  std::optional<BasicCredentials> credentials;
  // Of the call, when the recording began or was let go: for where the call's own record is gone.
  std::optional<std::string> tag;

  friend bool operator==(const RecordingNotice&, const RecordingNotice&) = default;
};

struct RecordingRecord {
  std::string recording_id;  // key
  std::string account_id;
  std::string application_id;
  std::string call_id;  // empty for a conference's
  std::string conference_id;
  std::optional<std::string> parent_call_id;
  std::string to;
  std::string from;
  std::optional<std::string> transfer_caller_id;
  std::optional<std::string> transfer_to;
  Direction direction = Direction::inbound;
  Millis duration{};
  std::uint32_t channels = 1;
  WallTime started{};
  std::optional<WallTime> ended;
  std::string file_format = "wav";    // wav, mp3
  std::string status = "processing";  // processing, partial, complete, deleted, error
  std::string object_key;             // empty: no media
  std::uint64_t media_bytes = 0;
  std::optional<std::string> name;
  std::optional<TranscriptionState> transcription;
  std::optional<RecordingNotice> notice;  // only while `processing`

  bool has_media() const { return !object_key.empty() && (status == "complete" || status == "partial"); }

  friend bool operator==(const RecordingRecord&, const RecordingRecord&) = default;
};

struct RecordingFilter {
  std::string account_id;
  std::optional<std::string> call_id;
  std::optional<std::string> conference_id;
  std::optional<std::string> to;
  std::optional<std::string> from;
  std::optional<WallTime> started_from;    // inclusive
  std::optional<WallTime> started_before;  // exclusive
};

}  // namespace portico::account
