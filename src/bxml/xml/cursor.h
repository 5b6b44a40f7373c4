#pragma once
// Byte offsets to positions. Offsets asked for in rising order cost one pass over the text in total; an
// earlier one starts over. The text must be UTF-8 and outlive the cursor.

#include <cstddef>
#include <string_view>

#include "bxml/position.h"

namespace portico::bxml {

class Cursor {
 public:
  explicit Cursor(std::string_view text) : text_(text) {}

  Position at(std::size_t offset);  // beyond the end: the end

 private:
  void step();

  std::string_view text_;
  std::size_t offset_ = 0;
  Position position_;
};

}  // namespace portico::bxml
