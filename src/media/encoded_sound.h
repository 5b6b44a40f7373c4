#pragma once
// One sound in one codec, as the 20 ms payloads that go into packets. Resampled and encoded once, a frame at
// a time as the foremost player gets there, so that no sound, however long, holds up a media thread, and a
// thousand calls that play one prompt copy the same bytes. Owned by one engine; one thread.

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "audio/codec.h"
#include "audio/pcm.h"
#include "audio/resampler.h"
#include "base/bytes.h"
#include "media/stream.h"

namespace portico::media {

class EncodedSound {
 public:
  EncodedSound(std::shared_ptr<const audio::Pcm> source, Codec codec);

  std::size_t frames() const { return frames_; }  // the last one is filled up with silence
  struct Frame {
    ByteView payload;
    audio::Samples samples;  // at the codec's own rate
  };
  // `index` < frames(); the views live until the next call. Frames before it are made on the way.
  Frame frame(std::size_t index);
  std::size_t bytes() const { return bytes_; }  // memory, without the source

 private:
  static constexpr std::size_t kBlockFrames = 50;  // 1 s
  struct Block {
    Bytes payloads;
    std::vector<std::size_t> ends;  // of each frame in payloads
    std::vector<std::int16_t> samples;
  };
  void make_next();
  void refill();

  std::shared_ptr<const audio::Pcm> source_;  // until all is made
  Codec codec_;
  std::size_t frames_ = 0;
  std::size_t made_ = 0;
  std::vector<std::unique_ptr<Block>> blocks_;
  std::size_t bytes_ = 0;
  std::unique_ptr<audio::Encoder> encoder_;
  std::optional<audio::Resampler> resampler_;
  std::vector<std::int16_t> pending_;  // resampled, not encoded
  std::size_t taken_ = 0;              // samples of the source
};

}  // namespace portico::media
