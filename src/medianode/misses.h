#pragma once
// Packets on our RTP sockets that reached no leg: portico_media_unplaced_packets_total, by reason.

#include <cstdint>

#include "medianode/pair_sources.h"

namespace portico::medianode {

void count(Miss reason);
std::uint64_t misses(Miss reason);  // since the start of the process

}  // namespace portico::medianode
