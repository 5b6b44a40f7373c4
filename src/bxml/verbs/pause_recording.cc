#include "bxml/verbs/pause_recording.h"

#include "bxml/read/attributes.h"

namespace portico::bxml {
void read(const Element& element, Reading& reading, PauseRecording& out) { read_bare(element, reading, out); }

}  // namespace portico::bxml
