#pragma once
// The last look at SSML before an engine gets it.

#include <string>
#include <string_view>

namespace portico::speech {

// Keeps the tags of bxml.md SpeakSentence, drops all others (their text stays), and turns control characters
// into spaces. Tags keep only attributes of letters, ':' and '-' with quoted values; '<' and '>' in values
// become entities.
std::string sanitise_ssml(std::string_view ssml);

}  // namespace portico::speech
