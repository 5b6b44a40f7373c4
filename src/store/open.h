#pragma once
// Opens the store that a URL names.

#include <memory>
#include <string>
#include <string_view>

#include "account/store.h"

namespace portico::store {

// The file of "sqlite:PATH"; ":memory:" for tests. Errors: invalid, unsupported (a scheme not built in).
Result<std::string> file_of_store(std::string_view url);

// Creates the file when it is missing, with mode 0600, and runs the migrations that are missing. Errors:
// those of file_of_store, unsupported (a file written by a newer Portico), unavailable (cannot be opened).
Result<std::unique_ptr<account::Store>> open_store(std::string_view url);

}  // namespace portico::store
