// room: audio
// Sounds fetched from anywhere, brought to the rates that we play. Of the first octet the lowest bit chooses
// the reader, the others in pieces of how many octets an MP3 decoder gets it; the rest is the file.

#include <cstdint>
#include <cstdlib>

#include "audio/decode_audio.h"
#include "audio/mp3_reader.h"
#include "audio/resampler.h"
#include "base/limits.h"

namespace {

using namespace portico;

constexpr std::size_t kWavHeadBytes = 44;
constexpr std::size_t kResampledMax = 4'000;  // samples: more of them try nothing new

void require(bool holds) {
  if (!holds) std::abort();
}

void check(const audio::Pcm& sound) {
  require(sound.rate != 0 && sound.samples.size() / sound.rate <= limits::kPromptLengthMax.count());
  if (sound.samples.size() > kResampledMax) return;
  for (const unsigned rate : {8'000U, 16'000U}) {
    const auto wanted = static_cast<double>(sound.samples.size()) * rate / sound.rate;
    const auto made = audio::resample(sound, rate);
    require(made.rate == rate && std::abs(static_cast<double>(made.samples.size()) - wanted) <= 64);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const ByteView file(data + 1, size - 1);
  if (data[0] % 2 == 0) {
    const auto sound = audio::decode_audio(file, "audio/wav", "");
    if (sound) require(sound->samples.size() + kWavHeadBytes <= file.size());
    if (sound) check(*sound);
  } else {
    const std::size_t piece = data[0] / 2;
    const auto sound =
        piece == 0 ? audio::decode_audio(file, "audio/mpeg", "") : audio::read_mp3(file, 16 * piece);
    if (sound) check(*sound);
  }
  return 0;
}
