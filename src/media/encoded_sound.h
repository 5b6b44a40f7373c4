#pragma once
// One sound in one codec, as the 20 ms payloads that go into packets. Resampled and encoded once, a frame at
// a time as a player gets there, so that no sound, however long, holds up a media thread, and a thousand
// calls that play one prompt copy the same bytes. Who begins far from what was made so far (a re-INVITE to
// another codec in the middle of a prompt) has what lies between passed over. The samples that it is made
// from are held by who plays it, not here: what nobody plays must not fill the node's cache. Owned by one
// engine; one thread.

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "audio/codec.h"
#include "audio/pcm.h"
#include "audio/resampler.h"
#include "base/bytes.h"
#include "media/stream.h"

namespace portico::media {

// Bytes of the sounds of one engine, and how many there should be at most.
struct SoundRoom {
  bool is_full() {
    if (held > max && make_room) make_room();
    return held > max;
  }
  std::size_t held = 0;
  std::size_t max = 0;
  std::function<void()> make_room{};  // lets go what nobody plays
};

class EncodedSound {
 public:
  // `room`, which must outlive it, has the bytes of the sound added while it lives. Where there is none, what
  // was played is let go a second behind who plays, and made anew for who comes there later.
  EncodedSound(const std::shared_ptr<const audio::Pcm>& source, Codec codec, SoundRoom& room);
  ~EncodedSound() { room_.held -= weight_; }
  EncodedSound(const EncodedSound&) = delete;
  EncodedSound& operator=(const EncodedSound&) = delete;

  std::size_t frames() const { return frames_; }  // the last one is filled up with silence
  struct Frame {
    ByteView payload;
    audio::Samples samples;  // at the codec's own rate
  };
  bool complete() const { return made_ == frames_; }  // no source is needed any more
  std::shared_ptr<const audio::Pcm> source() const { return source_.lock(); }
  // The same samples anew, after nobody had held them.
  void go_on_with(const std::shared_ptr<const audio::Pcm>& source) { source_ = source; }

  // `index` < frames(), and while not complete() somebody holds the source. The views live until the next
  // call. Makes at most two seconds of sound on the way.
  Frame frame(std::size_t index);
  std::size_t bytes() const { return bytes_; }  // what was made of it

 private:
  static constexpr std::size_t kBlockFrames = 50;  // 1 s
  struct Block {
    Bytes payloads;
    std::vector<std::size_t> ends;  // of each frame in payloads
    std::vector<std::int16_t> samples;
    std::size_t bytes = 0;  // as they were when it was begun
  };
  void make(std::size_t index);
  void go_to(std::size_t block);
  void make_next();
  void begin_block();
  void make_room_before(std::size_t at);
  bool let_go(std::size_t block);  // false: nothing of it is made
  void refill(const audio::Pcm& source);
  void weigh();

  std::weak_ptr<const audio::Pcm> source_;
  unsigned source_rate_;  // Hz
  Codec codec_;
  std::size_t frames_ = 0;
  std::size_t made_ = 0;                        // frames that are there, wherever
  std::size_t next_ = 0;                        // frame that the fields below are about to make
  std::vector<std::unique_ptr<Block>> blocks_;  // null: nothing of it is made
  std::size_t sweep_ = 0;                       // block that was looked at last for one to let go
  std::size_t bytes_ = 0;
  SoundRoom& room_;
  std::size_t weight_ = 0;  // that it has in room_
  std::unique_ptr<audio::Encoder> encoder_;
  std::optional<audio::Resampler> resampler_;
  std::vector<std::int16_t> pending_;  // resampled, not encoded
  std::size_t taken_ = 0;              // samples of the source
};

}  // namespace portico::media
