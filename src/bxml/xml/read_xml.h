#pragma once
// Text to elements. Expat does the reading: it refuses whatever XML 1.0 calls not well-formed, knows the byte
// offset of each event and recurses nowhere. A DOCTYPE ends the reading at once, so entities can be neither
// declared nor expanded.

#include <memory>
#include <string_view>
#include <tl/expected.hpp>

#include "bxml/fault.h"
#include "bxml/xml/element.h"

namespace portico::bxml {

// The root element, never null, or the one fault that ended the reading. `text` must be UTF-8 without NUL,
// which Expat takes for UTF-16; an encoding declared in it is not looked at. Elements nest no deeper than
// limits::kBxmlDepthMax.
tl::expected<std::unique_ptr<Element>, Fault> read_xml(std::string_view text);

}  // namespace portico::bxml
