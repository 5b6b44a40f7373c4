#include "bxml/xml/cursor.h"

namespace portico::bxml {

Position Cursor::at(std::size_t offset) {
  if (offset < offset_) {
    offset_ = 0;
    position_ = {};
  }
  while (offset_ < offset && offset_ < text_.size()) step();
  return position_;
}

void Cursor::step() {
  const auto byte = static_cast<unsigned char>(text_[offset_++]);
  const bool lf_follows = offset_ < text_.size() && text_[offset_] == '\n';
  if (byte == '\n' || (byte == '\r' && !lf_follows)) {
    ++position_.line;
    position_.column = 1;
  } else if ((byte & 0xC0U) != 0x80U) {
    ++position_.column;
  }
}

}  // namespace portico::bxml
