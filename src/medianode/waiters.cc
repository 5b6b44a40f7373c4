#include "medianode/waiters.h"

#include <iterator>

namespace portico::medianode {
namespace {

using From = Expectation::From;
using media::PortId;

template <typename Key>
Waiters::Answer find(const std::set<std::pair<Key, PortId>>& set, const Key& key) {
  const auto first = set.lower_bound({key, 0});
  if (first == set.end() || first->first != key) return {};
  const auto second = std::next(first);
  if (second != set.end() && second->first == key) return {.found = Waiters::Found::several};
  return {.found = Waiters::Found::one, .port = first->second};
}

}  // namespace

void Waiters::add(PortId port, const Expectation& expectation, TimePoint until) {
  waiters_[port] = {.expectation = expectation, .until = until};
  if (until != kNever) by_time_.emplace(until, port);
  if (expectation.from == From::unknown) {
    unknown_.insert(port);
    return;
  }
  by_endpoint_.emplace(expectation.rtp, port);
  by_address_.emplace(expectation.likely, port);
  if (expectation.from == From::anywhere) anywhere_.insert(port);
}

void Waiters::remove(PortId port) {
  const auto it = waiters_.find(port);
  if (it == waiters_.end()) return;
  const auto& [expectation, until] = it->second;
  by_endpoint_.erase({expectation.rtp, port});
  by_address_.erase({expectation.likely, port});
  by_time_.erase({until, port});
  anywhere_.erase(port);
  unknown_.erase(port);
  waiters_.erase(it);
}

void Waiters::expire(TimePoint now) {
  while (!by_time_.empty() && by_time_.begin()->first <= now) remove(by_time_.begin()->second);
}

Waiters::Answer Waiters::of_endpoint(const Endpoint& from) const { return find(by_endpoint_, from); }
Waiters::Answer Waiters::of_address(const IpAddress& ip) const { return find(by_address_, ip); }

Waiters::Answer Waiters::of_anywhere() const {
  if (anywhere_.empty()) return {};
  if (anywhere_.size() > 1) return {.found = Found::several};
  return {.found = Found::one, .port = *anywhere_.begin()};
}

}  // namespace portico::medianode
