#pragma once
// How many connections there are, in all and from each address; of IPv6 from each /64, which is what one
// machine or household has. Any thread: connections of one address are spread over all that listen on a port.

#include <mutex>
#include <unordered_map>

#include "base/address.h"

namespace portico::net {

// What counts as one: an IPv4 address, or the /64 of an IPv6 one. Any thread.
IpAddress source_block(const IpAddress& source);

class SourceQuota {
 public:
  SourceQuota(std::size_t total_max, std::size_t per_source_max)
      : total_max_(total_max), per_source_max_(per_source_max) {}

  enum class Verdict : unsigned char { taken, total_full, source_full };
  Verdict take(const IpAddress& source);
  bool is_full(const IpAddress& source) const;
  void give_back(const IpAddress& source);
  std::size_t total() const;

 private:
  bool has_share(const IpAddress& source) const;

  const std::size_t total_max_;
  const std::size_t per_source_max_;
  mutable std::mutex mutex_;
  std::size_t total_ = 0;
  std::unordered_map<IpAddress, std::size_t> by_source_;  // no zeros, so at most `total_` entries
};

}  // namespace portico::net
