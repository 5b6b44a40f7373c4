#include "media/file_writers.h"

#include <unistd.h>

#include <string>
#include <utility>

#include "audio/file_writer.h"

namespace portico::media {

struct FileWriters::File {
  std::unique_ptr<audio::FileWriter> writer;  // null once it has failed
  std::string failure;
  std::uint64_t samples = 0;  // per channel, written

  bool keep(const Result<void>& done) {
    if (done) return true;
    failure = done.error().what;
    writer.reset();
    return false;
  }
};

namespace {

auto open_writer(const FileChunk& chunk) {
  return chunk.format == FileFormat::mp3 ? audio::open_mp3_writer(chunk.path, chunk.rate, chunk.channels)
                                         : audio::open_wav_writer(chunk.path, chunk.rate, chunk.channels);
}

}  // namespace

FileWriters::FileWriters() = default;
FileWriters::~FileWriters() = default;

std::optional<RecordingClosed> FileWriters::write(const FileChunk& chunk) {
  auto& file = files_[chunk.record];
  if (!file) {
    file = std::make_unique<File>();
    auto opened = open_writer(chunk);
    if (opened) {
      file->writer = std::move(*opened);
    } else {
      file->failure = opened.error().what;
    }
  }
  if (file->writer && file->keep(file->writer->write(chunk.samples)))
    file->samples += chunk.samples.size() / chunk.channels;
  if (!chunk.closed) return std::nullopt;
  if (file->writer) file->keep(file->writer->close());
  auto closed = *chunk.closed;
  closed.samples = file->samples;
  closed.duration = Millis(static_cast<std::int64_t>(file->samples * 1'000 / chunk.rate));
  if (!file->failure.empty()) {
    closed.end = RecordEnd::error;
    closed.reason = std::move(file->failure);
    if (closed.samples == 0) ::unlink(chunk.path.c_str());
  }
  files_.erase(chunk.record);
  return closed;
}

}  // namespace portico::media
