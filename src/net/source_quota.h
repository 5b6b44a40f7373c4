#pragma once
// How many connections there are, in all and from each address. Owner thread only.

#include <unordered_map>

#include "base/address.h"

namespace portico::net {

class SourceQuota {
 public:
  SourceQuota(std::size_t total_max, std::size_t per_source_max)
      : total_max_(total_max), per_source_max_(per_source_max) {}

  enum class Verdict : unsigned char { taken, total_full, source_full };
  Verdict take(const IpAddress& source);
  bool is_full(const IpAddress& source) const;
  void give_back(const IpAddress& source);
  std::size_t total() const { return total_; }

 private:
  std::size_t total_max_;
  std::size_t per_source_max_;
  std::size_t total_ = 0;
  std::unordered_map<IpAddress, std::size_t> by_source_;  // no zeros, so at most `total_` entries
};

}  // namespace portico::net
