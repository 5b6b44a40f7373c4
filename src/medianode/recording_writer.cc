#include "medianode/recording_writer.h"

#include <deque>
#include <functional>
#include <limits>
#include <map>
#include <mutex>
#include <optional>

#include "async/workers.h"
#include "base/attempt.h"
#include "base/counters.h"
#include "media/file_writers.h"

namespace portico::medianode {
namespace {

constexpr std::size_t kTurn = 16;  // pieces of a lane, then others have the worker

std::size_t bytes_of(const media::FileChunk& chunk) {
  return chunk.samples.size() * sizeof(chunk.samples[0]);
}

void count_lost() {
  static auto& lost =
      counter("portico_recording_chunks_lost_total", "Pieces of recordings dropped: the disk is behind");
  lost.add();
}

}  // namespace

// Recordings are dealt out to lanes by their id; a lane is worked on by one worker at a time.
struct RecordingWriter::Lane {
  struct Waiting {
    media::FileChunk chunk;
    SharedSink events;
  };

  explicit Lane(std::atomic<std::size_t>& bytes) : queued_bytes(bytes) {}

  std::optional<Waiting> next() {
    const std::lock_guard lock(mutex);
    if (waiting.empty()) {
      scheduled = false;
      return std::nullopt;
    }
    std::optional<Waiting> one(std::move(waiting.front()));
    waiting.pop_front();
    return one;
  }

  // At most `pieces`. False: nothing is left.
  bool work(std::size_t pieces) {
    const std::lock_guard one_worker(working);
    for (; pieces > 0; --pieces) {
      auto one = next();
      if (!one) return false;
      const auto bytes = bytes_of(one->chunk);
      // The lane goes on with what others record, whatever this throws.
      const auto closed =
          attempt([&]() -> Result<std::optional<media::RecordingClosed>> { return files.write(one->chunk); });
      queued_bytes -= bytes;
      if (!closed) gap(one->chunk.record);
      const auto& end = closed ? *closed : one->chunk.closed;
      if (!end) continue;
      (void)attempt([&]() -> Result<void> {
        tell(*end, *one->events);
        return {};
      });
    }
    return true;
  }

  void gap(const media::RecordId& record) {
    const std::lock_guard lock(mutex);
    const auto it = unfinished.find(record);
    if (it != unfinished.end()) it->second = true;
  }

  void tell(media::RecordingClosed closed, const EventSink& events) {
    bool gap = false;
    {
      const std::lock_guard lock(mutex);
      const auto it = unfinished.find(closed.record);
      if (it != unfinished.end()) gap = it->second;
      unfinished.erase(closed.record);
    }
    if (gap && closed.end != media::RecordEnd::error) {
      closed.end = media::RecordEnd::error;
      closed.reason = "the disk did not keep up with the recording";
    }
    events(std::move(closed));
  }

  std::atomic<std::size_t>& queued_bytes;
  std::mutex mutex;  // of the next three
  std::deque<Waiting> waiting;
  std::map<media::RecordId, bool> unfinished;  // whether pieces of it were dropped
  bool scheduled = false;

  std::mutex working;  // of `files`
  media::FileWriters files;
};

RecordingWriter::RecordingWriter(async::Workers& workers, std::size_t queue_bytes_max)
    : workers_(workers), queue_bytes_max_(queue_bytes_max) {
  for (std::size_t i = 0; i < kLanes; ++i) lanes_.push_back(std::make_shared<Lane>(queued_bytes_));
}

RecordingWriter::~RecordingWriter() {
  for (const auto& lane : lanes_) lane->work(std::numeric_limits<std::size_t>::max());
}

void RecordingWriter::write(media::FileChunk chunk, SharedSink events) {
  const auto& lane = lanes_[std::hash<media::RecordId>{}(chunk.record) % kLanes];
  auto bytes = bytes_of(chunk);
  const bool too_much = queued_bytes_.load() + bytes > queue_bytes_max_;
  bool idle = false;
  {
    const std::lock_guard lock(lane->mutex);
    auto& gap = lane->unfinished[chunk.record];
    if (too_much) {
      count_lost();
      gap = true;
      if (!chunk.closed) return;
      chunk.samples.clear();
      bytes = 0;
    }
    queued_bytes_ += bytes;
    lane->waiting.push_back({.chunk = std::move(chunk), .events = std::move(events)});
    idle = !std::exchange(lane->scheduled, true);
  }
  if (idle) start(lane);
}

void RecordingWriter::take_turns(async::Workers& workers, const std::shared_ptr<Lane>& lane) {
  while (lane->work(kTurn)) {
    if (workers.run([&workers, lane] { take_turns(workers, lane); })) return;
  }
}

void RecordingWriter::start(const std::shared_ptr<Lane>& lane) {
  if (workers_.run([&workers = workers_, lane] { take_turns(workers, lane); })) return;
  const std::lock_guard lock(lane->mutex);
  lane->scheduled = false;
  stuck_ = true;
}

std::set<media::RecordId> RecordingWriter::unfinished() const {
  std::set<media::RecordId> all;
  for (const auto& lane : lanes_) {
    const std::lock_guard lock(lane->mutex);
    for (const auto& [record, gap] : lane->unfinished) all.insert(record);
  }
  return all;
}

void RecordingWriter::nudge() {
  if (!stuck_.exchange(false)) return;
  for (const auto& lane : lanes_) {
    bool idle = false;
    {
      const std::lock_guard lock(lane->mutex);
      idle = !lane->waiting.empty() && !std::exchange(lane->scheduled, true);
    }
    if (idle) start(lane);
  }
}

}  // namespace portico::medianode
