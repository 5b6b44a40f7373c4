#pragma once
// `portico dial --say`: plain text to samples by the built-in voice. Blocks.

#include <string>

#include "audio/pcm.h"
#include "base/result.h"

namespace portico::app {

Result<audio::Pcm> speak_text(const std::string& text);

}  // namespace portico::app
