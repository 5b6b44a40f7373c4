#pragma once
// A recording whose writer died: brought to its end, so that it plays, and measured. Only files that
// open_wav_writer and open_mp3_writer made. Blocks on the disk; any thread.

#include <cstdint>
#include <string>

#include "base/result.h"
#include "base/time.h"

namespace portico::audio {

struct RecordingLength {
  Millis duration{0};
  std::uint32_t channels = 1;
};

// WAV: the lengths in the header are made those of the file. MP3: a frame that was cut off goes. Leaves whole
// files as they are. Errors: not_found, invalid (no sound was written, or not such a file), unavailable.
Result<RecordingLength> mend_wav(const std::string& path);
Result<RecordingLength> mend_mp3(const std::string& path);

}  // namespace portico::audio
