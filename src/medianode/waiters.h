#pragma once
// The legs of one pair of sockets that may yet speak from elsewhere, found by what is expected of them: as
// fast among thousands as among few, since any packet of an unknown source asks. Owner thread only.

#include <cstdint>
#include <set>
#include <unordered_map>
#include <utility>

#include "base/time.h"
#include "media/commands.h"
#include "medianode/expectation.h"

namespace portico::medianode {

class Waiters {
 public:
  // How many of them may be meant, as far as it matters; `port` is the one of `one`.
  enum class Found : std::uint8_t { none, one, several };
  struct Answer {
    Found found = Found::none;
    media::PortId port = 0;
  };

  // A leg that does not wait yet. From `until` on it does not either.
  void add(media::PortId port, const Expectation& expectation, TimePoint until = kNever);
  void remove(media::PortId port);
  void expire(TimePoint now);  // those whose time has passed

  Answer of_endpoint(const Endpoint& from) const;  // exactly what SDP says
  Answer of_address(const IpAddress& ip) const;    // most likely
  Answer of_anywhere() const;
  bool any_unknown() const { return !unknown_.empty(); }

  std::size_t size() const { return waiters_.size(); }
  template <typename Fits>
  bool none_of(Fits fits) const {
    for (const auto& [port, waiter] : waiters_) {
      if (fits(waiter.expectation)) return false;
    }
    return true;
  }

 private:
  struct Waiter {
    Expectation expectation;
    TimePoint until = kNever;
  };
  std::unordered_map<media::PortId, Waiter> waiters_;
  std::set<std::pair<Endpoint, media::PortId>> by_endpoint_;
  std::set<std::pair<IpAddress, media::PortId>> by_address_;
  std::set<media::PortId> anywhere_;
  std::set<media::PortId> unknown_;
  std::set<std::pair<TimePoint, media::PortId>> by_time_;  // who waits for a while only
};

}  // namespace portico::medianode
