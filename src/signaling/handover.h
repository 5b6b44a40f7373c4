#pragma once
// How much may wait for one signalling worker that others received for it. Strangers choose what they send,
// and taking a message costs less than carrying it out: without a bound a flood grows this queue until it
// ends. Any thread.

#include <atomic>
#include <cstddef>

#include "base/limits.h"
#include "sip/message/message.h"

namespace portico::signaling {

class Handover {
 public:
  static constexpr std::size_t kBytesEach = 512;  // of a message, beside its text

  enum class What : unsigned char {
    new_request,  // of a call that is not there yet: takes no more than half of the room
    other,
  };
  // False: there is no room, drop it. True: give back as much once it is taken.
  bool take(std::size_t bytes, What what) {
    const auto room =
        what == What::new_request ? limits::kSipHandoverBytesMax / 2 : limits::kSipHandoverBytesMax;
    if (waiting_.fetch_add(bytes + kBytesEach, std::memory_order_relaxed) < room) return true;
    give_back(bytes);
    return false;
  }
  void give_back(std::size_t bytes) { waiting_.fetch_sub(bytes + kBytesEach, std::memory_order_relaxed); }

 private:
  std::atomic<std::size_t> waiting_{0};
};

Handover::What what_of(const sip::Message& message);

}  // namespace portico::signaling
