#pragma once
// Where the next page of a list begins: the sort key of the last row shown. Opaque to clients, safe in a URL.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace portico::store {

struct Cursor {
  std::int64_t number = 0;  // a time, or a row number
  std::string id;
};

std::string write_cursor(const Cursor& cursor);
Result<Cursor> parse_cursor(std::string_view text);  // invalid when it is not one of ours

}  // namespace portico::store
