#include "medianode/pair_sources.h"

#include <algorithm>

#include "base/limits.h"

namespace portico::medianode {
namespace {

using From = Expectation::From;
using media::PortId;
using Found = Waiters::Found;

constexpr auto kReturns = 30s;     // a leg that is described anew is waited for where it was
constexpr auto kByeIsTried = 32s;  // RFC 3261 section 17.1.2.2, timer F

Hearer hearer_of(const Waiters::Answer& answer) {
  return answer.found == Found::one ? Hearer{.port = answer.port} : Hearer{.miss = Miss::ambiguous_source};
}

// Collects those who may be meant; the answer is clear when there is one.
class Candidates {
 public:
  void add(PortId port) {
    one_ = port;
    ++count_;
  }
  bool any() const { return count_ > 0; }
  Hearer hearer() const {
    return count_ == 1 ? Hearer{.port = one_} : Hearer{.miss = Miss::ambiguous_source};
  }

 private:
  PortId one_ = 0;
  std::size_t count_ = 0;
};

}  // namespace

void PairSources::add(TimePoint now, PortId port, const Expectation& expectation) {
  auto& leg = legs_[port];
  leg.since = now;
  describe(leg, expectation);
  if (expectation.waits()) waiters_.add(port, expectation);
}

void PairSources::describe(Leg& leg, const Expectation& expectation) {
  leg.expectation = expectation;
  if (expectation.rtp.port != 0) ++described_[{expectation.rtp, expectation.likely}];
}

void PairSources::forget_description(const Leg& leg) {
  const auto it = described_.find({leg.expectation.rtp, leg.expectation.likely});
  if (it != described_.end() && --it->second == 0) described_.erase(it);
}

void PairSources::expect(TimePoint now, PortId port, const Expectation& expectation) {
  const auto it = legs_.find(port);
  if (it == legs_.end()) return;
  const bool same_address = it->second.expectation.rtp == expectation.rtp;
  unlock(now, port, it->second, same_address ? port : 0);
  waiters_.remove(port);
  forget_description(it->second);
  describe(it->second, expectation);
  if (expectation.waits()) waiters_.add(port, expectation);
  // Its media may have been faster than what tells of it.
  std::erase_if(former_, [&](const Former& f) { return f.of == 0 && f.since >= it->second.since; });
}

void PairSources::lock(PortId port, const Endpoint& source, TimePoint waits_until) {
  const auto it = legs_.find(port);
  if (it == legs_.end()) return;
  waiters_.remove(port);
  let_go_of_former(port);
  forget_lock(port, it->second);
  it->second.locked = source;
  locked_[source] = port;
  if (is_nameless(it->second)) ++nameless_[it->second.expectation.likely];
  if (waits_until == TimePoint{}) return;
  auto better = it->second.expectation;
  better.from = From::sdp_address;  // strangers have had their turn
  waiters_.add(port, better, waits_until);
}

void PairSources::remove(TimePoint now, PortId port) {
  const auto it = legs_.find(port);
  if (it == legs_.end()) return;
  let_go_of_former(port);
  unlock(now, port, it->second);
  waiters_.remove(port);
  forget_description(it->second);
  legs_.erase(it);
}

// Packets of the former source may be under way still; they must not lock another leg's source.
void PairSources::unlock(TimePoint now, PortId port, Leg& leg, PortId to) {
  if (!leg.locked) return;
  std::erase_if(former_, [&](const Former& f) { return now >= f.until; });
  if (former_.size() >= limits::kFormerSourcesMax) former_.erase(former_.begin());
  const auto until = now + (to != 0 ? kReturns : limits::kFormerSourceLife);
  former_.push_back({.source = *leg.locked, .since = now, .until = until, .of = port, .to = to});
  forget_lock(port, leg);
}

// Where the leg was before it was described anew is nobody's from now on: it is back there or elsewhere, or
// has ended.
void PairSources::let_go_of_former(PortId port) {
  for (auto& former : former_) {
    if (former.to != port || former.of != port) continue;
    former.to = 0;
    former.until = std::min(former.until, former.since + limits::kFormerSourceLife);
  }
}

bool PairSources::is_nameless(const Leg& leg) {
  return leg.expectation.is_nameless() && *leg.locked != leg.expectation.rtp;
}

void PairSources::forget_lock(PortId port, Leg& leg) {
  if (!leg.locked) return;
  if (is_nameless(leg)) {
    const auto nameless = nameless_.find(leg.expectation.likely);
    if (--nameless->second == 0) nameless_.erase(nameless);
  }
  const auto it = locked_.find(*leg.locked);
  if (it != locked_.end() && it->second == port) locked_.erase(it);
  leg.locked.reset();
}

// What was here before a leg is not what that is waiting for. Strangers take no place of what has been a
// leg's.
void PairSources::remember_stranger(TimePoint now, const Endpoint& from, PortId to) {
  std::erase_if(former_, [&](const Former& f) { return now >= f.until; });
  if (former_.size() >= limits::kFormerSourcesMax) return;
  former_.insert(former_.begin(),
                 {.source = from, .since = now, .until = now + limits::kFormerSourceLife, .to = to});
}

PairSources::Former* PairSources::find_former(TimePoint now, const Endpoint& from) {
  const auto found = std::find_if(former_.rbegin(), former_.rend(),
                                  [&](const Former& f) { return f.source == from && now < f.until; });
  return found == former_.rend() ? nullptr : &*found;
}

bool PairSources::remembers(TimePoint now) const {
  return std::any_of(former_.begin(), former_.end(),
                     [&](const Former& f) { return f.of != 0 && now < f.until; });
}

Hearer PairSources::sole_leg() const {
  // The leg's own rules (media/source_lock) say what it makes of a stranger.
  if (legs_.size() == 1) return {.port = legs_.begin()->first};
  return {.miss = Miss::stranger};
}

Hearer PairSources::find_rtp(TimePoint now, const Endpoint& from) {
  if (const auto it = locked_.find(from); it != locked_.end()) return {.port = it->second};
  waiters_.expire(now);
  if (const auto exact = waiters_.of_endpoint(from); exact.found != Found::none) return hearer_of(exact);
  if (auto* former = find_former(now, from)) {
    // Of an ended leg only as long as an honest caller may not know of its end: the phone may call again.
    const bool goes_on =
        former->of == 0 || (!legs_.contains(former->of) && now - former->since < kByeIsTried);
    if (goes_on) former->until = now + limits::kFormerSourceLife;
    if (legs_.contains(former->to)) return {.port = former->to};
    return {.miss = former->of == 0 ? Miss::stranger : Miss::former_source};
  }
  if (const auto likely = waiters_.of_address(from.ip); likely.found != Found::none) return hearer_of(likely);
  if (const auto any = waiters_.of_anywhere(); any.found != Found::none) return hearer_of(any);
  const auto sole = sole_leg();
  remember_stranger(now, from, sole.port);
  return sole;
}

// RTCP is rare, so it may look at every leg, unless it comes as a flood.
Hearer PairSources::find_rtcp(TimePoint now, const Endpoint& from) {
  const Endpoint beside{.ip = from.ip, .port = static_cast<std::uint16_t>(from.port - 1)};
  if (const auto it = locked_.find(beside); it != locked_.end()) return {.port = it->second};
  if (now - looked_since_ >= kLookSpan) {
    looked_since_ = now;
    looked_ = 0;
  }
  if (looked_ > kLooksMax) return {.miss = Miss::stranger};
  looked_ += legs_.size();
  Candidates exact;
  Candidates of_address;
  Candidates anywhere;
  for (const auto& [port, leg] : legs_) {
    const auto& expectation = leg.expectation;
    if (expectation.rtcp == from) exact.add(port);
    if (leg.locked ? leg.locked->ip == from.ip : expectation.may_be(from.ip)) of_address.add(port);
    if (!leg.locked && expectation.from == From::anywhere) anywhere.add(port);
  }
  if (exact.any()) return exact.hearer();
  if (of_address.any()) return of_address.hearer();
  if (anywhere.any()) return anywhere.hearer();
  return sole_leg();
}

// A phone that calls again with the address in its SDP, while we take its last call for alive, sends by the
// same mapping of its NAT: on one pair its packets would be the last call's.
bool PairSources::is_taken(const Expectation& expectation) const {
  return locked_.contains(expectation.rtp) || described_.contains({expectation.rtp, expectation.likely});
}

bool PairSources::has_room_for(TimePoint now, const Expectation& expectation) {
  if (!expectation.waits()) return true;
  waiters_.expire(now);
  if (expectation.from == From::unknown) return waiters_.size() == 0;
  if (is_taken(expectation) || waiters_.any_unknown()) return false;
  if (expectation.from == From::anywhere && waiters_.of_anywhere().found != Found::none) return false;
  if (waiters_.of_address(expectation.likely).found != Found::none) return false;
  // Were both described anew at a time, nobody could tell their packets apart.
  if (expectation.is_nameless() && nameless_.contains(expectation.likely)) return false;
  return std::none_of(former_.begin(), former_.end(),
                      [&](const Former& f) { return now < f.until && f.source.ip == expectation.likely; });
}

bool PairSources::can_share_with(const Expectation& expectation) const {
  if (!expectation.waits()) return true;
  if (is_taken(expectation)) return false;
  return waiters_.none_of([&](const Expectation& other) {
    // One that may come from anywhere, or whose address is not known yet, can be alone of its kind only.
    const bool both_known = expectation.from == From::sdp_address && other.from == From::sdp_address;
    const bool one_known = expectation.from == From::sdp_address || other.from == From::sdp_address;
    return !both_known && (!one_known || other.may_be(expectation.likely));
  });
}

}  // namespace portico::medianode
