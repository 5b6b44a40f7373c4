#pragma once
// Writes recordings' chunks to their files: the worker's half of Record. One object a worker thread; all
// chunks of one recording go to the same object, in order. Blocks on the disk.

#include <map>
#include <memory>
#include <optional>

#include "media/events.h"
#include "media/outputs.h"

namespace portico::audio {
class FileWriter;
}

namespace portico::media {

class FileWriters {
 public:
  FileWriters();
  ~FileWriters();
  FileWriters(const FileWriters&) = delete;
  FileWriters& operator=(const FileWriters&) = delete;

  // Returns what to tell the call when this was the recording's last chunk and its file is closed. A file
  // that could not be written turns that into RecordEnd::error with the reason; the chunks between are then
  // dropped. `samples` and `duration` are of what the file holds; one that holds nothing is removed.
  std::optional<RecordingClosed> write(const FileChunk& chunk);
  std::size_t open_files() const { return files_.size(); }

 private:
  struct File;
  std::map<RecordId, std::unique_ptr<File>> files_;
};

}  // namespace portico::media
