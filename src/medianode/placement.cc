#include "medianode/placement.h"

#include <algorithm>

namespace portico::medianode {

using media::PortId;

void Placement::note(PairId pair) {
  const auto& sources = at(pair);
  if (sources.waiters() == 0) calm_.insert(pair);
  if (sources.waiters() != 0) calm_.erase(pair);
  if (sources.legs() == 0) empty_.insert(pair);
  if (sources.legs() != 0) empty_.erase(pair);
}

void Placement::add_pair(PairId pair) {
  if (pair >= pairs_.size()) pairs_.resize(pair + 1);
  pairs_[pair] = std::make_unique<PairSources>();
  all_.insert(pair);
  note(pair);
}

void Placement::drop_pair(PairId pair) {
  pairs_[pair].reset();
  all_.erase(pair);
  calm_.erase(pair);
  empty_.erase(pair);
}

std::optional<PairId> Placement::quick_place(TimePoint now, const Expectation& expectation) {
  for (const auto* set : {&calm_, &all_, &empty_}) {
    std::size_t probes = 0;
    for (const auto pair : *set) {
      if (at(pair).has_room_for(now, expectation)) return pair;
      if (++probes == kProbes) break;
    }
  }
  return std::nullopt;
}

template <typename Fits>
std::optional<PairId> Placement::look_around(std::size_t probes, Fits fits) {
  auto it = all_.lower_bound(next_look_);
  for (std::size_t i = 0; i < std::min(probes, all_.size()); ++i) {
    if (it == all_.end()) it = all_.begin();
    const auto pair = *it++;
    next_look_ = pair + 1;
    if (fits(at(pair))) return pair;
  }
  return std::nullopt;
}

std::optional<PairId> Placement::last_place(TimePoint now, const Expectation& expectation) {
  const auto room =
      look_around(kLastProbes, [&](PairSources& pair) { return pair.has_room_for(now, expectation); });
  if (room) return room;
  return look_around(all_.size(), [&](const PairSources& pair) { return pair.can_share_with(expectation); });
}

void Placement::add_leg(TimePoint now, PairId pair, PortId port, const Expectation& expectation) {
  at(pair).add(now, port, expectation);
  note(pair);
}

void Placement::expect(TimePoint now, PairId pair, PortId port, const Expectation& expectation) {
  at(pair).expect(now, port, expectation);
  note(pair);
}

void Placement::lock(PairId pair, PortId port, const Endpoint& source, TimePoint waits_until) {
  at(pair).lock(port, source, waits_until);
  note(pair);
}

void Placement::remove_leg(TimePoint now, PairId pair, PortId port) {
  at(pair).remove(now, port);
  note(pair);
}

Hearer Placement::find_rtp(TimePoint now, PairId pair, const Endpoint& from) {
  return at(pair).find_rtp(now, from);
}

Hearer Placement::find_rtcp(TimePoint now, PairId pair, const Endpoint& from) {
  return at(pair).find_rtcp(now, from);
}

std::optional<PairId> Placement::surplus(TimePoint now, std::size_t spare) const {
  if (empty_.size() <= spare) return std::nullopt;
  std::size_t probes = 0;
  for (auto it = empty_.rbegin(); it != empty_.rend() && probes < kProbes; ++it, ++probes) {
    if (!pairs_[*it]->remembers(now)) return *it;
  }
  return std::nullopt;
}

}  // namespace portico::medianode
