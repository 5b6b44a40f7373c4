#pragma once
// --data: the embedded store, recordings, generated keys.

#include <string>

#include "base/result.h"

namespace portico::app {

// Makes it with mode 0700 where it is missing. Errors: unavailable, with the reason.
Result<void> make_data_directory(const std::string& path);

}  // namespace portico::app
