#pragma once
// On which pair of sockets a new leg is placed: the lowest that keeps every packet unambiguous, so that few
// sockets carry many packets; a further pair where none does; shared by exact address where there may be no
// further one. No sockets; owner thread only.

#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "medianode/pair_sources.h"

namespace portico::medianode {

using PairId = std::uint32_t;

class Placement {
 public:
  void add_pair(PairId pair);
  void drop_pair(PairId pair);  // without legs

  // A pair that has room: looks at a bounded number of them, so that a flood costs no more than a new pair.
  std::optional<PairId> quick_place(TimePoint now, const Expectation& expectation);
  // When there can be no further pair: looks at more of them for room, then at all for one to share.
  std::optional<PairId> last_place(TimePoint now, const Expectation& expectation);

  void add_leg(TimePoint now, PairId pair, media::PortId port, const Expectation& expectation);
  void expect(TimePoint now, PairId pair, media::PortId port, const Expectation& expectation);
  // Until `waits_until` a better source than this one may still come (media/source_lock.h).
  void lock(PairId pair, media::PortId port, const Endpoint& source, TimePoint waits_until = {});
  void remove_leg(TimePoint now, PairId pair, media::PortId port);

  Hearer find_rtp(TimePoint now, PairId pair, const Endpoint& from);
  Hearer find_rtcp(TimePoint now, PairId pair, const Endpoint& from);

  std::size_t pairs() const { return all_.size(); }
  std::size_t empty_pairs() const { return empty_.size(); }
  // One of the highest pairs without a leg, when there are more than `spare` of them; none that remembers a
  // source: that would be forgotten with the pair, whose port may be the next leg's.
  std::optional<PairId> surplus(TimePoint now, std::size_t spare) const;

 private:
  static constexpr std::size_t kProbes = 16;
  static constexpr std::size_t kLastProbes = 128;
  void note(PairId pair);
  PairSources& at(PairId pair) { return *pairs_[pair]; }
  template <typename Fits>
  std::optional<PairId> look_around(std::size_t probes, Fits fits);

  std::vector<std::unique_ptr<PairSources>> pairs_;  // by PairId
  PairId next_look_ = 0;                             // where the last search ended
  std::set<PairId> all_;
  std::set<PairId> calm_;   // nobody waits there
  std::set<PairId> empty_;  // no leg is there
};

}  // namespace portico::medianode
