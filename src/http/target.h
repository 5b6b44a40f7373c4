#pragma once
// Which addresses a request made on a customer's behalf may reach.

#include <span>

#include "base/address.h"

namespace portico::http {

// Where private targets are allowed, too, nothing is asked of a link-local address (RFC 3927, RFC 4291) or of
// the metadata services that clouds keep there or beside: they give keys to whoever asks from this machine.
bool is_link_local_target(const IpAddress& address);

// Whether one of `listeners` of this process takes what is sent to `target`. The unspecified address listens
// on each of the machine's.
bool is_own_target(const Endpoint& target, std::span<const Endpoint> listeners);

// True for addresses on the public Internet. IPv6 forms that carry an IPv4 address (mapped, compatible,
// NAT64, 6to4) are as public as that address; multicast and documentation blocks are not public.
bool is_public_target(const IpAddress& address);

}  // namespace portico::http
