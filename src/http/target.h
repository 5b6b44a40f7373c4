#pragma once
// Which addresses a request made on a customer's behalf may reach when private targets are not allowed.

#include "base/address.h"

namespace portico::http {

// True for addresses on the public Internet. IPv6 forms that carry an IPv4 address (mapped, compatible,
// NAT64, 6to4) are as public as that address; multicast and documentation blocks are not public.
bool is_public_target(const IpAddress& address);

}  // namespace portico::http
