#pragma once
// Writes samples to a file as they come. Blocks on the disk: for workers, never on a media thread. One owner.

#include <cstdint>
#include <memory>
#include <string>

#include "audio/pcm.h"
#include "base/result.h"

namespace portico::audio {

class FileWriter {
 public:
  virtual ~FileWriter() = default;
  // Interleaved samples, whole frames. After each call the file is playable up to here, whatever happens
  // next.
  virtual Result<void> write(Samples interleaved) = 0;
  // Writes what is held back and closes; call once. Without it the destructor closes what is there.
  virtual Result<void> close() = 0;
};

// Both create the file with mode 0600 or truncate it. `channels` 1 or 2, `rate` in Hz.
Result<std::unique_ptr<FileWriter>> open_wav_writer(const std::string& path, unsigned rate,
                                                    unsigned channels);
Result<std::unique_ptr<FileWriter>> open_mp3_writer(const std::string& path, unsigned rate,
                                                    unsigned channels);

}  // namespace portico::audio
