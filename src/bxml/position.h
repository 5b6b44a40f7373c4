#pragma once
// Where in a document's text: line and column, both from 1; the column counts characters, not bytes. A line
// ends with LF, CR LF or CR. A byte order mark is not counted.

#include <compare>
#include <cstdint>

namespace portico::bxml {

struct Position {
  std::uint32_t line = 1;
  std::uint32_t column = 1;

  friend auto operator<=>(const Position&, const Position&) = default;
};

}  // namespace portico::bxml
