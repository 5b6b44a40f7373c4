#include "bxml/verbs/hangup.h"

#include "bxml/read/attributes.h"

namespace portico::bxml {
void read(const Element& element, Reading& reading, Hangup& out) { read_bare(element, reading, out); }

}  // namespace portico::bxml
