#include "medianode/misses.h"

#include "base/counters.h"

namespace portico::medianode {
namespace {

Counter& of(const char* reason) {
  return counter("portico_media_unplaced_packets_total",
                 "Packets on RTP sockets that reached no leg, by reason", {{"reason", reason}});
}

Counter& counter_of(Miss reason) {
  static auto& ambiguous = of("ambiguous_source");
  static auto& former = of("former_source");
  static auto& stranger = of("stranger");
  if (reason == Miss::ambiguous_source) return ambiguous;
  return reason == Miss::former_source ? former : stranger;
}

}  // namespace

void count(Miss reason) { counter_of(reason).add(); }
std::uint64_t misses(Miss reason) { return counter_of(reason).value(); }

}  // namespace portico::medianode
