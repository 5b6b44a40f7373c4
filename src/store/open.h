#pragma once
// Opens the store that a URL names.

#include <memory>
#include <string_view>

#include "account/store.h"

namespace portico::store {

// "sqlite:PATH" (created when missing, with mode 0600), "sqlite::memory:" for tests. Runs the migrations that
// are missing. Errors: invalid (URL), unsupported (a scheme not built in, or a file written by a newer
// Portico), unavailable (cannot be opened).
Result<std::unique_ptr<account::Store>> open_store(std::string_view url);

}  // namespace portico::store
