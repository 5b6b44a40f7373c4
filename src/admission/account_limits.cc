#include "admission/account_limits.h"

namespace portico::admission {

AccountLimits::Use& AccountLimits::use(std::string_view account_id) {
  const auto found = uses_.find(account_id);
  if (found != uses_.end()) return found->second;
  return uses_.emplace(std::string(account_id), Use{}).first->second;
}

AccountUse AccountLimits::start(std::string_view account_id, const account::Limits& limits, TimePoint now) {
  const std::lock_guard lock(mutex_);
  Use& mine = use(account_id);
  if (limits.concurrent_calls != 0 && mine.concurrent >= limits.concurrent_calls) {
    return AccountUse::too_many_calls;
  }
  if (limits.calls_per_second != 0 && !mine.starts.take(limits.calls_per_second, now)) {
    return AccountUse::too_fast;
  }
  ++mine.concurrent;
  return AccountUse::below_limits;
}

void AccountLimits::start_anyway(std::string_view account_id, const account::Limits& limits, TimePoint now) {
  const std::lock_guard lock(mutex_);
  Use& mine = use(account_id);
  if (limits.calls_per_second != 0) mine.starts.force(limits.calls_per_second, now);
  ++mine.concurrent;
}

void AccountLimits::ended(std::string_view account_id) {
  const std::lock_guard lock(mutex_);
  Use& mine = use(account_id);
  if (mine.concurrent > 0) --mine.concurrent;
}

std::uint32_t AccountLimits::concurrent(std::string_view account_id) const {
  const std::lock_guard lock(mutex_);
  const auto found = uses_.find(account_id);
  return found == uses_.end() ? 0 : found->second.concurrent;
}

}  // namespace portico::admission
