#pragma once
// The content of <SpeakSentence> into Speech (contract bxml.md, SpeakSentence).

#include "bxml/read/reading.h"
#include "bxml/ssml.h"

namespace portico::bxml {

// Unknown tags are dropped with a warning, their text stays; BXML elements and bad values of known attributes
// are faults.
std::vector<SsmlNode> read_ssml(const Element& element, Reading& reading);

// True when there is nothing to say and no pause to make.
bool is_silent(const std::vector<SsmlNode>& nodes);

// Fills `ssml`, `plain` and `marked_up` from the nodes.
Speech write_speech(std::vector<SsmlNode> nodes);

}  // namespace portico::bxml
