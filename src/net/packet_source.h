#pragma once
// What comes with a datagram, or goes with it, as control messages: the address that it was sent to, or
// leaves from (IP_PKTINFO, RFC 3542), when it came, and how many before it were lost.

#include <sys/socket.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>

#include "base/address.h"

namespace portico::net {

struct ControlBuffer {
  alignas(cmsghdr) std::array<std::uint8_t, 128> bytes;
};

// The datagram's destination, or the default (0.0.0.0) when the kernel does not say.
IpAddress read_destination(const msghdr& message);
// How many datagrams the socket had lost when this one came (SO_RXQ_OVFL, modulo 2^32); the kernel says
// nothing while it is none.
std::optional<std::uint32_t> read_not_fetched(const msghdr& message);
// When the kernel got it, by the wall clock since the epoch (SO_TIMESTAMPNS).
std::optional<std::chrono::nanoseconds> read_arrival(const msghdr& message);
// Fills `message`'s control part so that the datagram leaves from `from`.
void write_source(const IpAddress& from, ControlBuffer& control, msghdr& message);

}  // namespace portico::net
