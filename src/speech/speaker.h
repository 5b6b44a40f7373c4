#pragma once
// SpeakSentence: an utterance to a sound in the media node's cache (bxml.md SpeakSentence). Spoken once, then
// found in memory or on disk; those who ask for what is being spoken already wait for it.
//
//   asked ─ in the sink ──────────────────────────────────▶ SoundReady
//     └─ else, on one of the engine's threads ─ on disk ─┬─ decode ─ sink ─▶ SoundReady
//                                   └─ engine ─ to disk ─┘
//
// Any thread.

#include <filesystem>
#include <memory>

#include "call/ports.h"
#include "objects/sound_sink.h"
#include "speech/engine.h"

namespace portico::speech {

class Speaker {
 public:
  // `engine` and `sink` must outlive the speaker. `directory`: DIR/cache/speech of the data directory.
  Speaker(Engine& engine, objects::SoundSink& sink, const std::filesystem::path& directory);
  ~Speaker();  // stops the engine; what is being spoken is not answered

  // Answered by SoundReady. Errors: unsupported (no voice for the locale, too long to speak), timeout,
  // unavailable (the engine failed twice), busy.
  void speak(call::RequestId request, const call::Utterance& utterance, call::Sender answers);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace portico::speech
