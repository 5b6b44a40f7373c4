#include "bxml/verbs/stop_gather.h"

#include "bxml/read/attributes.h"

namespace portico::bxml {
void read(const Element& element, Reading& reading, StopGather& out) { read_bare(element, reading, out); }

}  // namespace portico::bxml
