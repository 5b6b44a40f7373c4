#pragma once
// How much more a UDP source may be sent than it sent itself before it has proved that it is where it says:
// one small reply, and as much again a minute, so that a forged address draws no flood on its owner. A source
// that gave back something only it can have been sent (a nonce, a To tag) is free for a while. Bounded: the
// source that was quiet longest is forgotten. One owner, one thread.

#include <cstddef>

#include "admission/lru_table.h"
#include "base/address.h"
#include "base/limits.h"
#include "base/time.h"

namespace portico::admission {

class ReplyBudget {
 public:
  static constexpr std::size_t kSmallReplyBytes = 1'200;
  static constexpr Duration kRefill = 60s;  // a spent budget is whole again
  static constexpr Duration kProvenLife = 600s;

  explicit ReplyBudget(std::size_t sources_max = limits::kSourceBudgetsMax) : sources_(sources_max) {}

  // Takes the reply's size beyond the request's. False: do not reply; the request's size is paid back, so
  // that whoever repeats it is answered soon.
  bool take(IpAddress source, std::size_t request_bytes, std::size_t reply_bytes, TimePoint now);
  void proven(IpAddress source, TimePoint now);
  std::size_t size() const { return sources_.size(); }

 private:
  struct Source {
    Duration debt{};  // that time pays off
    TimePoint updated{};
    TimePoint proven_until{};
  };
  LruTable<IpAddress, Source> sources_;
};

}  // namespace portico::admission
