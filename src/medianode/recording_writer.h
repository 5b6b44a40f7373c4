#pragma once
// Recordings' samples on their way from the media threads to the disk: written by workers, in order for each
// recording, never making a media thread wait. RecordingClosed is told once the file is closed. A disk that
// cannot keep up costs the recording (RecordEnd::error), not the call.

#include <atomic>
#include <memory>
#include <set>
#include <vector>

#include "base/limits.h"
#include "media/outputs.h"
#include "medianode/command_queue.h"

namespace portico::async {
class Workers;
}

namespace portico::medianode {

class RecordingWriter {
 public:
  // `workers` must outlive the writer.
  explicit RecordingWriter(async::Workers& workers,
                           std::size_t queue_bytes_max = limits::kRecordingQueueBytesMax);
  ~RecordingWriter();  // writes what waits, on the calling thread

  // Any thread.
  void write(media::FileChunk chunk, SharedSink events);
  // Tries again to find a worker for what waits: when the workers were busy and no further chunk comes.
  void nudge();
  bool stuck() const { return stuck_.load(); }  // something waits for nudge()
  // Whose file is not closed yet: pieces may wait for a disk that hangs long after their call has ended.
  std::set<media::RecordId> unfinished() const;
  std::size_t queued_bytes() const { return queued_bytes_.load(); }

 private:
  struct Lane;
  static constexpr std::size_t kLanes = 8;
  void start(const std::shared_ptr<Lane>& lane);
  static void take_turns(async::Workers& workers, const std::shared_ptr<Lane>& lane);

  async::Workers& workers_;
  const std::size_t queue_bytes_max_;
  std::atomic<std::size_t> queued_bytes_{0};
  std::atomic<bool> stuck_{false};
  std::vector<std::shared_ptr<Lane>> lanes_;
};

}  // namespace portico::medianode
