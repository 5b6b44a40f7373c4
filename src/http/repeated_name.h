#pragma once
// Finds a name that stands twice in one object of a JSON text: RFC 8259 section 4 leaves open which one
// counts, so two readers of one body may see two different requests.

#include <optional>
#include <string>
#include <string_view>

namespace portico::http {

// The first such name, escapes resolved, of the object itself or of any within it. `json` is valid and no
// deeper than limits::kJsonDepthMax.
std::optional<std::string> repeated_name(std::string_view json);

}  // namespace portico::http
