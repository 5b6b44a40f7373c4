#include "bxml/verbs/stop_recording.h"

#include "bxml/read/attributes.h"

namespace portico::bxml {
void read(const Element& element, Reading& reading, StopRecording& out) { read_bare(element, reading, out); }

}  // namespace portico::bxml
