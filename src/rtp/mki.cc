#include "rtp/mki.h"

#include <algorithm>

namespace portico::rtp {

bool remove_mki(std::span<std::uint8_t> packet, ByteView mki, std::size_t tail) {
  if (packet.size() < mki.size() + tail) return false;
  const auto place = packet.last(mki.size() + tail);
  if (!std::equal(mki.begin(), mki.end(), place.begin())) return false;
  std::copy(place.end() - static_cast<std::ptrdiff_t>(tail), place.end(), place.begin());
  return true;
}

std::size_t insert_mki(std::span<std::uint8_t> buffer, std::size_t length, ByteView mki, std::size_t tail) {
  const auto place = buffer.subspan(length - tail, tail + mki.size());
  std::copy_backward(place.begin(), place.begin() + static_cast<std::ptrdiff_t>(tail), place.end());
  std::copy(mki.begin(), mki.end(), place.begin());
  return length + mki.size();
}

}  // namespace portico::rtp
