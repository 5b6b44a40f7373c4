// room: audio
// Sounds fetched from anywhere: first byte chooses the reader, the rest is the file.

#include <cstdint>
#include <cstdlib>

#include "audio/decode_audio.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const portico::ByteView file(data + 1, size - 1);
  const bool mp3 = (data[0] & 1U) != 0;
  const auto sound = portico::audio::decode_audio(file, mp3 ? "audio/mpeg" : "audio/wav", "");
  // A sound never holds more samples than a WAV of this size could; MP3 may hold more, but never an hour's
  // worth.
  if (sound && !mp3 && sound->samples.size() > file.size()) std::abort();
  if (sound && sound->rate == 0) std::abort();
  return 0;
}
