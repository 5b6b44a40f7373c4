#pragma once
// Which espeak-ng voice speaks for a voice of the contract (bxml.md SpeakSentence): every name resolves to a
// voice of its locale and gender. Pure.

#include <string>
#include <string_view>

#include "base/result.h"

namespace portico::speech {

// `name` decides when it is not empty, else locale and gender do. Gives espeak-ng's -v argument, "en-us+f2".
// Errors: unsupported (no engine voice for the locale, unknown name).
Result<std::string> espeak_voice(std::string_view name, std::string_view locale, std::string_view gender);

}  // namespace portico::speech
