#pragma once
// A fetched sound to samples, by the rules of bxml.md PlayAudio. Takes long for long sounds: on a worker.
// Thread-safe.

#include <string_view>

#include "audio/pcm.h"
#include "base/bytes.h"
#include "base/result.h"

namespace portico::audio {

// audio/wav, audio/x-wav: WAV. audio/mpeg, audio/mpeg3, audio/mp3: MP3. Any other or missing type: by the
// extension of `path` (a URL's path or a file name; a query is ignored); still unknown: tried as WAV. Errors:
// those of read_wav and read_mp3, and Code::too_large beyond limits::kPromptBytesMax.
Result<Pcm> decode_audio(ByteView bytes, std::string_view content_type, std::string_view path);

}  // namespace portico::audio
