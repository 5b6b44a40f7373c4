#pragma once
// An engine's encoded sounds, so that each is encoded once a codec. Those that nobody plays are thrown out,
// the longest unused first, when all take more than limits::kEncodedSoundBytesMax, or are kSoundsMax. Where
// what plays is more by itself, it keeps the last second or two that were played. One owner.

#include <cstddef>
#include <list>
#include <map>
#include <memory>
#include <utility>

#include "base/limits.h"
#include "media/commands.h"
#include "media/encoded_sound.h"
#include "media/sound_source.h"

namespace portico::media {

class SoundShelf {
 public:
  static constexpr std::size_t kSoundsMax = 4'096;

  explicit SoundShelf(SoundSource& source, std::size_t bytes_max = limits::kEncodedSoundBytesMax)
      : source_(source), room_{.max = bytes_max, .make_room = [this] { make_room(); }} {}
  SoundShelf(const SoundShelf&) = delete;
  SoundShelf& operator=(const SoundShelf&) = delete;

  // What plays: the sound, and what the rest of it is made from; null once all of it is made.
  struct Found {
    std::shared_ptr<EncodedSound> sound;
    std::shared_ptr<const audio::Pcm> source;
  };
  // Null when the source has no such sound.
  Found find(const SoundKey& key, Codec codec);
  // One round of a tone that can be looped without a seam: ringback 6 s, a key 1 s, silence one frame.
  Found tone(Tone tone, char digit, Codec codec);
  // One frame of silence from an encoder that has settled.
  ByteView silence(Codec codec);

  std::size_t bytes() const { return room_.held; }

 private:
  using Key = std::pair<SoundKey, Codec>;
  using Turns = std::list<const Key*>;
  struct Entry {
    std::shared_ptr<EncodedSound> sound;
    Turns::iterator turn;
  };
  template <typename Samples>
  Found take(const SoundKey& key, Codec codec, const Samples& samples);
  void keep(Key key, const std::shared_ptr<EncodedSound>& sound);
  void make_room();

  SoundSource& source_;
  SoundRoom room_;  // of all sounds and entries; outlives the sounds
  std::map<Key, Entry> sounds_;
  Turns turns_;  // the longest unused first
  std::map<Codec, Bytes> silence_;
};

}  // namespace portico::media
