#pragma once
// Big-endian numbers at a place that the caller has checked.

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/bytes.h"

namespace portico::rtp {

constexpr std::uint16_t read_u16(ByteView bytes, std::size_t at) {
  return static_cast<std::uint16_t>(bytes[at] << 8 | bytes[at + 1]);
}
constexpr std::uint32_t read_u32(ByteView bytes, std::size_t at) {
  return static_cast<std::uint32_t>(read_u16(bytes, at)) << 16 | read_u16(bytes, at + 2);
}
constexpr void write_u16(std::span<std::uint8_t> out, std::size_t at, std::uint16_t value) {
  out[at] = static_cast<std::uint8_t>(value >> 8);
  out[at + 1] = static_cast<std::uint8_t>(value);
}
constexpr void write_u32(std::span<std::uint8_t> out, std::size_t at, std::uint32_t value) {
  write_u16(out, at, static_cast<std::uint16_t>(value >> 16));
  write_u16(out, at + 2, static_cast<std::uint16_t>(value));
}

}  // namespace portico::rtp
