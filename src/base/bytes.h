#pragma once
// Raw octets from and for the network.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace portico {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

inline ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view as_text(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string to_hex(ByteView bytes);                   // lower case
std::string to_base64(ByteView bytes);                // RFC 4648 section 4, padded
bool from_base64(std::string_view text, Bytes& out);  // false when malformed; `out` is then unspecified

}  // namespace portico
