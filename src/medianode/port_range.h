#pragma once
// The UDP ports that RTP may use, cut into pairs (even RTP, odd RTCP: RFC 3550 section 11) and dealt out to
// the media threads. Values only.

#include <cstdint>

#include "base/result.h"

namespace portico::medianode {

class PortRange {
 public:
  // Errors: invalid when there is not one pair for each thread.
  static Result<PortRange> make(std::uint16_t low, std::uint16_t high, unsigned threads);

  std::uint32_t pairs_of_thread() const { return pairs_ / threads_; }
  std::uint32_t pairs() const { return pairs_; }
  // `n` below pairs_of_thread(); the RTCP port is one above.
  std::uint16_t rtp_port(unsigned thread, std::uint32_t n) const;

 private:
  PortRange(std::uint32_t first, std::uint32_t pairs, unsigned threads)
      : first_(first), pairs_(pairs), threads_(threads) {}
  std::uint32_t first_;
  std::uint32_t pairs_;
  unsigned threads_;
};

}  // namespace portico::medianode
