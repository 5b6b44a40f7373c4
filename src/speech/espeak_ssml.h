#pragma once
// SSML as the contract has it (bxml.md SpeakSentence), in the words of espeak-ng 1.51.

#include <string>
#include <string_view>

namespace portico::speech {

// `ssml` is what sanitise_ssml() left. A pause with a fraction becomes one in milliseconds (espeak reads
// whole digits), decibels become per cent of the volume, <lang> a <voice>, and in an English voice (`voice`
// as espeak names it) the digits of an ordinal get their ending. <phoneme> and the other kinds of <say-as>
// have no counterpart: their text is spoken as it is written.
std::string espeak_ssml(std::string_view ssml, std::string_view voice);

}  // namespace portico::speech
