#include "medianode/tick_schedule.h"

namespace portico::medianode {

void TickSchedule::start(TimePoint now) {
  if (!running()) next_ = now + every_;
}

std::uint64_t TickSchedule::take(TimePoint now) {
  const auto missed = (now - next_) / every_;
  next_ += every_ * (missed + 1);
  return static_cast<std::uint64_t>(missed);
}

}  // namespace portico::medianode
