#include "media/sound_shelf.h"

#include <string>

#include "audio/frame.h"
#include "audio/tones.h"

namespace portico::media {
namespace {

constexpr std::size_t kSettledFrames = 10;  // encoders with memory begin with a transient
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

std::shared_ptr<EncodedSound> SoundShelf::find(const SoundKey& key, Codec codec) {
  const auto found = sounds_.find({key, codec});
  if (found != sounds_.end()) {
    found->second.used = ++uses_;
    return found->second.sound;
  }
  auto samples = source_.find(key);
  if (!samples || samples->rate == 0) return nullptr;
  return keep(key, codec, std::move(samples));
}

std::shared_ptr<EncodedSound> SoundShelf::tone(Tone tone, char digit, Codec codec) {
  SoundKey key(kTonePrefix);
  key += static_cast<char>('0' + static_cast<int>(tone));
  if (tone == Tone::dtmf) key += digit;
  const auto found = sounds_.find({key, codec});
  if (found != sounds_.end()) {
    found->second.used = ++uses_;
    return found->second.sound;
  }
  return keep(key, codec, make_tone(tone, digit, audio::sample_rate(codec)));
}

std::shared_ptr<EncodedSound> SoundShelf::keep(const SoundKey& key, Codec codec,
                                               std::shared_ptr<const audio::Pcm> samples) {
  make_room();
  auto sound = std::make_shared<EncodedSound>(std::move(samples), codec);
  sounds_[{key, codec}] = Entry{.sound = sound, .used = ++uses_};
  return sound;
}

std::size_t SoundShelf::bytes() const {
  std::size_t sum = 0;
  for (const auto& [key, entry] : sounds_) sum += entry.sound->bytes();
  return sum;
}

void SoundShelf::make_room() {
  auto held = bytes();
  while (held > bytes_max_) {
    auto oldest = sounds_.end();
    for (auto at = sounds_.begin(); at != sounds_.end(); ++at) {
      const bool idle = at->second.sound.use_count() == 1;
      if (idle && (oldest == sounds_.end() || at->second.used < oldest->second.used)) oldest = at;
    }
    if (oldest == sounds_.end()) return;  // all of it is playing
    held -= oldest->second.sound->bytes();
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
