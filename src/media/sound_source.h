#pragma once
// Where an engine finds the sounds that Play names. Implemented by who fetches and keeps prompts.

#include <memory>

#include "audio/pcm.h"
#include "media/commands.h"

namespace portico::media {

class SoundSource {
 public:
  virtual ~SoundSource() = default;
  // Called on media threads: must not block. Null when the sound is not there (the play then fails). The
  // sound may have any rate; the engine resamples and encodes it once for each codec, frame by frame as it is
  // first played. The same key must always mean the same samples while an engine may hold it.
  virtual std::shared_ptr<const audio::Pcm> find(const SoundKey& key) = 0;
};

}  // namespace portico::media
