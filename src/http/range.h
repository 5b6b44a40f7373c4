#pragma once
// Range requests for one range of bytes (RFC 9110 section 14).

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace portico::http {

struct ByteRange {
  std::uint64_t first = 0;
  std::uint64_t length = 0;
};

enum class RangeVerdict : unsigned char {
  whole,          // no Range, or one that we ignore, as servers may: several ranges, another unit, bad syntax
  partial,        // 206 with the range
  unsatisfiable,  // 416
};

// `header`: value of Range, empty when absent. `size`: of the whole representation.
RangeVerdict choose_range(std::string_view header, std::uint64_t size, ByteRange& range);

}  // namespace portico::http
