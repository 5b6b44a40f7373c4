#include "admission/auth_failures.h"

#include <algorithm>
#include <span>

namespace portico::admission {

AuthFailures::AuthFailures(std::uint32_t allowed, std::size_t pairs_max)
    : allowed_(std::min<std::uint32_t>(allowed, kFailuresMax)), pairs_(pairs_max) {}

std::size_t AuthFailures::KeyHash::operator()(const Key& key) const noexcept {
  return std::hash<IpAddress>{}(key.source) * 31 + std::hash<account::Uuid>{}(key.application);
}

bool AuthFailures::locked_out(IpAddress source, account::Uuid application, TimePoint now) const {
  if (allowed_ == 0) return false;
  const History* history = pairs_.peek(Key{source, application});
  return history != nullptr && now < history->locked_until;
}

void AuthFailures::failed(IpAddress source, account::Uuid application, std::uint64_t guess, TimePoint now) {
  if (allowed_ == 0) return;
  History& history = pairs_.touch(Key{source, application});
  const std::span last(history.failures.data(), std::min(history.count, allowed_));
  const bool repeated = std::ranges::any_of(
      last, [&](const Failure& f) { return f.guess == guess && now - f.at < kRepetition; });
  if (repeated) return;
  history.failures[history.count % allowed_] = {now, guess};
  ++history.count;
  if (history.count < allowed_) return;
  const TimePoint oldest = history.failures[history.count % allowed_].at;  // of the last `allowed_`
  if (now - oldest < kWindow) {
    history.locked_until = now + kLockout;
    history.count = 0;
  }
}

}  // namespace portico::admission
