#pragma once
// Whether a port is nobody's. Sockets that share a port (SO_REUSEPORT) are bound beside those of another
// process of the same user without a word, and each gets a part of what is sent there.

#include "base/address.h"

namespace portico::net {

enum class PortKind : unsigned char { udp, tcp };

// Binds and lets go. Errors: unavailable, naming the address: another socket has it, or this host does not.
Result<void> probe_port(PortKind kind, const Endpoint& local);

}  // namespace portico::net
