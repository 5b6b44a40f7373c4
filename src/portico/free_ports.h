#pragma once
// UDP ports for a call of our own, beside servers that may have taken stretches of thousands.

#include <cstdint>

#include "base/address.h"
#include "base/result.h"

namespace portico::app {

struct PortStretch {
  std::uint16_t low = 0;
  std::uint16_t high = 0;
};

// 128 ports, from 1,024 on, with this one among them.
PortStretch ports_around(std::uint16_t port);

// Those around one that the kernel found free: others among them mostly are. Errors: unavailable.
Result<PortStretch> free_ports(const IpAddress& local);

}  // namespace portico::app
