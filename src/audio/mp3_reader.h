#pragma once
// MPEG-1, -2 and -2.5 layer 3 from memory (libmpg123), any of its rates, mixed to mono. Hostile input is
// fine. Thread-safe.

#include "audio/pcm.h"
#include "base/bytes.h"
#include "base/result.h"

namespace portico::audio {

// Code::invalid: no layer 3 audio in it, or damaged beyond use; Code::too_large: longer than
// limits::kPromptLengthMax. The decoder gets `piece` bytes at a time.
Result<Pcm> read_mp3(ByteView bytes, std::size_t piece = 65'536);

}  // namespace portico::audio
