#include "media/sound_shelf.h"

#include <string>
#include <vector>

#include "audio/frame.h"
#include "audio/tones.h"

namespace portico::media {
namespace {

constexpr std::size_t kSettledFrames = 10;  // encoders with memory begin with a transient
constexpr std::size_t kEntryBytes = 512;    // of an entry, whatever is made of its sound
constexpr std::size_t kLookedAtMax = 32;    // for one new sound: the others' audio waits meanwhile
// Begins the key of a tone; a SoundSource's keys are never asked for it.
constexpr std::string_view kTonePrefix{"\0tone:", 6};

std::shared_ptr<const audio::Pcm> make_tone(Tone tone, char digit, unsigned rate) {
  using std::chrono::milliseconds;
  switch (tone) {
    case Tone::ringback:
      return std::make_shared<audio::Pcm>(audio::make_ringback(rate));
    case Tone::dtmf:
      return std::make_shared<audio::Pcm>(audio::make_dtmf(rate, digit, milliseconds(1'000)));
    case Tone::silence:
      break;
  }
  return std::make_shared<audio::Pcm>(audio::make_silence(rate, milliseconds(audio::kFrameMs)));
}

}  // namespace

// `samples` are asked for only where something is still to be made and nobody holds them.
template <typename Samples>
SoundShelf::Found SoundShelf::take(const SoundKey& key, Codec codec, const Samples& samples) {
  const auto found = sounds_.find({key, codec});
  auto sound = found == sounds_.end() ? nullptr : found->second.sound;
  if (sound) turns_.splice(turns_.end(), turns_, found->second.turn);
  if (sound && sound->complete()) return {.sound = std::move(sound), .source = nullptr};
  auto source = sound ? sound->source() : nullptr;
  if (!source) source = samples();
  if (!source || source->rate == 0) return {};
  if (sound) {
    sound->go_on_with(source);
  } else {
    sound = std::make_shared<EncodedSound>(source, codec, room_);
    if (sound->frames() == 0) return {.sound = std::move(sound), .source = std::move(source)};
    make_room();
    keep({key, codec}, sound);
  }
  return {.sound = std::move(sound), .source = std::move(source)};
}

SoundShelf::Found SoundShelf::find(const SoundKey& key, Codec codec) {
  return take(key, codec, [&] { return source_.find(key); });
}

SoundShelf::Found SoundShelf::tone(Tone tone, char digit, Codec codec) {
  SoundKey key(kTonePrefix);
  key += static_cast<char>('0' + static_cast<int>(tone));
  if (tone == Tone::dtmf) key += digit;
  return take(key, codec, [&] { return make_tone(tone, digit, audio::sample_rate(codec)); });
}

void SoundShelf::keep(Key key, const std::shared_ptr<EncodedSound>& sound) {
  Turns turn(1, nullptr);  // apart until the table has it
  const auto [kept, anew] = sounds_.try_emplace(std::move(key), sound, turn.begin());
  turn.front() = &kept->first;
  turns_.splice(turns_.end(), turn);
  room_.held += kEntryBytes + kept->first.first.size();
}

// What plays is passed over, and is not the longest unused any more.
void SoundShelf::make_room() {
  for (std::size_t looked_at = 0; looked_at < kLookedAtMax && !turns_.empty(); ++looked_at) {
    if (room_.held <= room_.max && sounds_.size() < kSoundsMax) return;
    const auto oldest = sounds_.find(*turns_.front());
    if (oldest->second.sound.use_count() > 1) {
      turns_.splice(turns_.end(), turns_, turns_.begin());
      continue;
    }
    room_.held -= kEntryBytes + oldest->first.first.size();
    turns_.pop_front();
    sounds_.erase(oldest);
  }
}

ByteView SoundShelf::silence(Codec codec) {
  auto& frame = silence_[codec];
  if (frame.empty()) {
    const auto encoder = audio::make_encoder(codec);
    const std::vector<std::int16_t> zeros(audio::frame_samples(codec), 0);
    for (std::size_t i = 0; i < kSettledFrames; ++i) {
      frame.resize(audio::kPayloadBytesMax);
      frame.resize(encoder->encode(zeros, frame));
    }
    frame.shrink_to_fit();
  }
  return frame;
}

}  // namespace portico::media
