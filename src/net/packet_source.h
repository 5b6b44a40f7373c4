#pragma once
// The address that a datagram was sent to, or leaves from, as control messages (IP_PKTINFO, RFC 3542).

#include <sys/socket.h>

#include <array>
#include <cstdint>

#include "base/address.h"

namespace portico::net {

struct ControlBuffer {
  alignas(cmsghdr) std::array<std::uint8_t, 64> bytes;
};

// The datagram's destination, or the default (0.0.0.0) when the kernel does not say.
IpAddress read_destination(const msghdr& message);
// Fills `message`'s control part so that the datagram leaves from `from`.
void write_source(const IpAddress& from, ControlBuffer& control, msghdr& message);

}  // namespace portico::net
