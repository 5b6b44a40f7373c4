#pragma once
// RIFF WAVE files from memory: PCM 16-bit, u-law, A-law, one or two channels (bxml.md PlayAudio). Hostile
// input is fine: nothing outside `bytes` is read and no more is allocated than the samples need. Thread-safe.

#include "audio/pcm.h"
#include "base/bytes.h"
#include "base/result.h"

namespace portico::audio {

// Two channels are mixed to one. A data chunk whose length is a lie (0, or beyond the end: a file that was
// never closed) goes to the end of the bytes. Code::invalid: not such a file; Code::unsupported: a coding,
// channel count or rate we don't take; Code::too_large: longer than limits::kPromptLengthMax.
Result<Pcm> read_wav(ByteView bytes);

}  // namespace portico::audio
