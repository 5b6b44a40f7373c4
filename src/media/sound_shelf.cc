#include "media/sound_shelf.h"

#include <algorithm>
#include <string>
#include <vector>

#include "audio/frame.h"
#include "audio/tones.h"

namespace portico::media {
namespace {

constexpr std::size_t kSettledFrames = 10;  // encoders with memory begin with a transient
constexpr std::size_t kEntryBytes = 512;    // of an entry, whatever is made of its sound
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
  if (sound) found->second.used = ++uses_;
  if (sound && sound->complete()) return {.sound = std::move(sound), .source = nullptr};
  auto source = sound ? sound->source() : nullptr;
  if (!source) source = samples();
  if (!source || source->rate == 0) return {};
  if (sound) {
    sound->go_on_with(source);
  } else {
    sound = std::make_shared<EncodedSound>(source, codec);
    if (sound->frames() == 0) return {.sound = std::move(sound), .source = std::move(source)};
    make_room();
    sounds_[{key, codec}] = Entry{.sound = sound, .used = ++uses_};
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

std::size_t SoundShelf::bytes() const {
  std::size_t sum = 0;
  for (const auto& [key, entry] : sounds_) sum += bytes_of(key.first, entry);
  return sum;
}

std::size_t SoundShelf::bytes_of(const SoundKey& key, const Entry& entry) {
  return kEntryBytes + key.size() + entry.sound->bytes() + entry.sound->encoder_bytes();
}

void SoundShelf::make_room() {
  auto held = bytes();
  if (held <= bytes_max_ && sounds_.size() < kSoundsMax) return;
  std::vector<decltype(sounds_)::iterator> idle;
  for (auto at = sounds_.begin(); at != sounds_.end(); ++at) {
    if (at->second.sound.use_count() == 1) idle.push_back(at);
  }
  std::ranges::sort(idle, {}, [](const auto& at) { return at->second.used; });
  for (const auto& at : idle) {
    if (held <= bytes_max_ && sounds_.size() < kSoundsMax) return;
    held -= bytes_of(at->first.first, at->second);
    sounds_.erase(at);
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
