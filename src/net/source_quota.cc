#include "net/source_quota.h"

#include <algorithm>
#include <array>

namespace portico::net {

// A mapped address (::ffff:192.0.2.1) stands for an IPv4 one.
IpAddress source_block(const IpAddress& source) {
  static constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  if (source.is_v4() || std::equal(kMapped.begin(), kMapped.end(), source.raw().begin())) return source;
  auto raw = source.raw();
  std::fill(raw.begin() + 8, raw.end(), 0);
  return IpAddress::v6(raw);
}

bool SourceQuota::has_share(const IpAddress& source) const {
  const auto it = by_source_.find(source_block(source));
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
  ++by_source_[source_block(source)];
  ++total_;
  return Verdict::taken;
}

void SourceQuota::give_back(const IpAddress& source) {
  const std::scoped_lock lock(mutex_);
  const auto it = by_source_.find(source_block(source));
  if (it == by_source_.end()) return;
  if (--it->second == 0) by_source_.erase(it);
  --total_;
}

}  // namespace portico::net
