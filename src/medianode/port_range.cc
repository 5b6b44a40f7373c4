#include "medianode/port_range.h"

namespace portico::medianode {

Result<PortRange> PortRange::make(std::uint16_t low, std::uint16_t high, unsigned threads) {
  const std::uint32_t first = (low + 1U) / 2 * 2;
  const std::uint32_t end = high + 1U;
  const std::uint32_t pairs = end > first ? (end - first) / 2 : 0;
  if (low == 0 || threads == 0 || pairs < threads)
    return fail(Code::invalid,
                "RTP ports " + std::to_string(low) + "-" + std::to_string(high) +
                    ": there must be an even port with the odd one above it for each media thread");
  return PortRange(first, pairs, threads);
}

std::uint16_t PortRange::rtp_port(unsigned thread, std::uint32_t n) const {
  return static_cast<std::uint16_t>(first_ + 2 * (n * threads_ + thread));
}

}  // namespace portico::medianode
