#pragma once
// StreamParam and CustomParam: what an application wants to find in the `start` message of its websocket.

#include <string_view>
#include <vector>

#include "bxml/groups.h"
#include "bxml/read/content.h"

namespace portico::bxml {

// The children of `element`, which must be called `child_name` and be at most 12. Of a name given twice the
// last wins.
std::vector<Param> read_params(const Element& element, std::string_view child_name, Reading& reading);

}  // namespace portico::bxml
