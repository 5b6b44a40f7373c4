#pragma once
// Chance for one port, from random_fill.

#include <cstdint>

namespace portico::media {

struct PortSeed {
  std::uint32_t ssrc = 0;
  std::uint32_t timestamp = 0;
  std::uint16_t sequence = 0;
  std::uint64_t rtcp = 0;  // seeds the spread of report times and the CNAME
};

}  // namespace portico::media
