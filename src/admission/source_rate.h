#pragma once
// How many INVITEs a second one source address may send (contract voice-applications.md 5.5). A token bucket
// an address, of one second's depth. Bounded: when the table is full, the address that has been quiet longest
// is forgotten, so a flood of forged addresses cannot make it grow. One owner, one thread.

#include <cstdint>

#include "admission/lru_table.h"
#include "base/address.h"
#include "base/limits.h"
#include "base/rate_bucket.h"
#include "base/time.h"

namespace portico::admission {

class SourceRate {
 public:
  // `per_second` 0: no limit, nothing is remembered.
  explicit SourceRate(std::uint32_t per_second, std::size_t sources_max = limits::kSourceBudgetsMax);

  bool take(IpAddress source, TimePoint now);  // false: over the rate
  std::size_t size() const { return buckets_.size(); }

 private:
  std::uint32_t per_second_;
  LruTable<IpAddress, RateBucket> buckets_;
};

}  // namespace portico::admission
