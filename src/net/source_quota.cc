#include "net/source_quota.h"

namespace portico::net {

bool SourceQuota::is_full(const IpAddress& source) const {
  const auto it = by_source_.find(source);
  return (it == by_source_.end() ? 0 : it->second) >= per_source_max_;
}

SourceQuota::Verdict SourceQuota::take(const IpAddress& source) {
  if (total_ >= total_max_) return Verdict::total_full;
  if (is_full(source)) return Verdict::source_full;
  ++by_source_[source];
  ++total_;
  return Verdict::taken;
}

void SourceQuota::give_back(const IpAddress& source) {
  const auto it = by_source_.find(source);
  if (it == by_source_.end()) return;
  if (--it->second == 0) by_source_.erase(it);
  --total_;
}

}  // namespace portico::net
