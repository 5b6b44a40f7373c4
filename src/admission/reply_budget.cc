#include "admission/reply_budget.h"

#include <algorithm>

namespace portico::admission {

namespace {

Duration price(std::size_t bytes) {
  return ReplyBudget::kRefill * static_cast<Duration::rep>(bytes) / ReplyBudget::kSmallReplyBytes;
}

}  // namespace

bool ReplyBudget::take(IpAddress source, std::size_t request_bytes, std::size_t reply_bytes, TimePoint now) {
  if (reply_bytes <= request_bytes) return true;
  const auto excess = reply_bytes - request_bytes;
  auto& known = sources_.touch(source);
  if (now < known.proven_until) return true;
  const auto paid = std::max(now - known.updated, Duration::zero());
  known.debt = std::max(known.debt - paid, Duration::zero());
  known.updated = std::max(now, known.updated);
  if (known.debt + price(excess) > kRefill) {
    known.debt = std::max(known.debt - price(request_bytes), Duration::zero());
    return false;
  }
  known.debt += price(excess);
  return true;
}

void ReplyBudget::proven(IpAddress source, TimePoint now) {
  sources_.touch(source).proven_until = now + kProvenLife;
}

}  // namespace portico::admission
