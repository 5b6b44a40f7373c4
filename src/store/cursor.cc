#include "store/cursor.h"

#include <algorithm>
#include <charconv>

namespace portico::store {
namespace {

bool is_id_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
}

}  // namespace

std::string write_cursor(const Cursor& cursor) { return std::to_string(cursor.number) + "." + cursor.id; }

Result<Cursor> parse_cursor(std::string_view text) {
  constexpr std::size_t kLengthMax = 100;
  Cursor cursor;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, cursor.number);
  const bool good = text.size() <= kLengthMax && error == std::errc() && rest != end && *rest == '.' &&
                    std::all_of(rest + 1, end, is_id_character);
  if (!good) return fail(Code::invalid, "the cursor is not one that this list gave");
  cursor.id.assign(rest + 1, end);
  return cursor;
}

}  // namespace portico::store
