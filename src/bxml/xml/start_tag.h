#pragma once
// Where the attributes of a start tag stand. Expat tells names and values but not offsets, so the tag is read
// once more.

#include <cstddef>
#include <string_view>
#include <vector>

namespace portico::bxml {

// Offsets in `text` of the attribute names of the tag whose '<' is at `tag`, in order. The tag must have been
// found well-formed; for anything else the result is cut short, never out of bounds.
std::vector<std::size_t> attribute_offsets(std::string_view text, std::size_t tag);

}  // namespace portico::bxml
