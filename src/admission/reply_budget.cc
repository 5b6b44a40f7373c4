#include "admission/reply_budget.h"

#include <algorithm>

namespace portico::admission {

bool ReplyBudget::take(IpAddress source, std::size_t excess_bytes, TimePoint now) {
  if (excess_bytes > kSmallReplyBytes) return false;
  auto& known = sources_.touch(source);
  if (now < known.proven_until) return true;
  const auto paid = std::max(now - known.updated, Duration::zero());
  known.debt = std::max(known.debt - paid, Duration::zero());
  known.updated = std::max(now, known.updated);
  const Duration price = kRefill * static_cast<Duration::rep>(excess_bytes) / kSmallReplyBytes;
  if (known.debt + price > kRefill) return false;
  known.debt += price;
  return true;
}

void ReplyBudget::proven(IpAddress source, TimePoint now) {
  sources_.touch(source).proven_until = now + kProvenLife;
}

}  // namespace portico::admission
