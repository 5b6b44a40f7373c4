#pragma once
// What each part may hold of the process's descriptors, so that a flood of connections to one of them leaves
// the others enough to work: sockets for calls' sound (medianode takes its own share), backends, files.

#include <algorithm>
#include <cstddef>

#include "base/limits.h"

namespace portico::app {

struct DescriptorShares {
  std::size_t sip_connections;
  std::size_t api_connections;  // the server holds up to as many again while it refuses them
  std::size_t backend_connections;
};

constexpr DescriptorShares shares_of(std::size_t descriptors) {
  const auto share = [&](std::size_t limit, std::size_t part) {
    return std::clamp<std::size_t>(descriptors / part, 1, limit);
  };
  return {.sip_connections = share(limits::kTcpConnectionsMax, 5),
          .api_connections = share(limits::kHttpConnectionsMax, 32),
          .backend_connections = share(limits::kHttpClientConnectionsMax, 8)};
}
// Half is medianode's. A fifth, a sixteenth and an eighth leave a ninth to files, speech and the store.
static_assert(shares_of(65'536).sip_connections == limits::kTcpConnectionsMax);
static_assert(shares_of(1'024).sip_connections == 204);
static_assert(shares_of(0).api_connections == 1);

}  // namespace portico::app
