#pragma once
// A flat YAML mapping of names to scalars and lists of scalars; lists become comma lists.

#include <map>
#include <string>

#include "base/result.h"

namespace portico::app {

// Errors: not_found, invalid with file, line and column.
Result<std::map<std::string, std::string>> read_yaml(const std::string& path);

}  // namespace portico::app
