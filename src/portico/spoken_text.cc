#include "portico/spoken_text.h"

#include "audio/decode_audio.h"
#include "speech/espeak.h"

namespace portico::app {
namespace {

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '<') {
      out += "&lt;";
    } else if (c == '&') {
      out += "&amp;";
    } else {
      out += c;
    }
  }
  return out;
}

}  // namespace

Result<audio::Pcm> speak_text(const std::string& text) {
  speech::Espeak engine;
  const auto voice = engine.voice_for("susan", "en_US", "female");
  if (!voice) return fail(voice.error());
  const auto wav = engine.synthesize({.voice = *voice, .ssml = escaped(text)});
  if (!wav) return fail(wav.error());
  return audio::decode_audio(as_bytes(*wav), "audio/wav", "");
}

}  // namespace portico::app
