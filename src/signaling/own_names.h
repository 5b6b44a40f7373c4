#pragma once
// Names under the deployment's domain that are its own.

#include <string>
#include <string_view>

namespace portico::signaling {

// The label that a node has there, in `portico zone` and at the door: what stands before the first dot of its
// name, with - for all that no host name may hold (RFC 1123 section 2.1).
std::string node_label(std::string_view node);

}  // namespace portico::signaling
