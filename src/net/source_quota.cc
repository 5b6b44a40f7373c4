#include "net/source_quota.h"

namespace portico::net {

bool SourceQuota::has_share(const IpAddress& source) const {
  const auto it = by_source_.find(source);
  return (it == by_source_.end() ? 0 : it->second) < per_source_max_;
}

bool SourceQuota::is_full(const IpAddress& source) const {
  const std::scoped_lock lock(mutex_);
  return !has_share(source);
}

std::size_t SourceQuota::total() const {
  const std::scoped_lock lock(mutex_);
  return total_;
}

SourceQuota::Verdict SourceQuota::take(const IpAddress& source) {
  const std::scoped_lock lock(mutex_);
  if (total_ >= total_max_) return Verdict::total_full;
  if (!has_share(source)) return Verdict::source_full;
  ++by_source_[source];
  ++total_;
  return Verdict::taken;
}

void SourceQuota::give_back(const IpAddress& source) {
  const std::scoped_lock lock(mutex_);
  const auto it = by_source_.find(source);
  if (it == by_source_.end()) return;
  if (--it->second == 0) by_source_.erase(it);
  --total_;
}

}  // namespace portico::net
