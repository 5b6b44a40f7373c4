#pragma once
// Which leg a packet on one pair of sockets (RTP and RTCP) belongs to. Many legs share a pair: one whose
// source is locked is found by that address, one that still waits by what is expected of it. No sockets, no
// clock; owner thread only.

#include <map>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/time.h"
#include "media/commands.h"
#include "medianode/expectation.h"
#include "medianode/waiters.h"

namespace portico::medianode {

enum class Miss : unsigned char {
  none,              // found
  ambiguous_source,  // it may belong to more than one leg
  former_source,     // of a leg that has ended or moved away
  stranger,          // of nobody here
};

struct Hearer {
  media::PortId port = 0;
  Miss miss = Miss::none;
};

class PairSources {
 public:
  void add(TimePoint now, media::PortId port, const Expectation& expectation);
  // New offer and answer: the source is to be learned again.
  void expect(TimePoint now, media::PortId port, const Expectation& expectation);
  // Until `waits_until` the leg goes on waiting for the source that SDP or signalling speak for.
  void lock(media::PortId port, const Endpoint& source, TimePoint waits_until = {});
  void remove(TimePoint now, media::PortId port);

  Hearer find_rtp(TimePoint now, const Endpoint& from);
  // Within kLookSpan what comes from unknown sources is a stranger's once kLooksMax legs were looked at.
  Hearer find_rtcp(TimePoint now, const Endpoint& from);
  static constexpr auto kLookSpan = 5ms;
  static constexpr std::size_t kLooksMax = 20'000;

  std::size_t legs() const { return legs_.size(); }
  std::size_t waiters() const { return waiters_.size(); }
  bool remembers(
      TimePoint now) const;  // the source of a leg that has ended, which is not to lock the next one

  // May a leg with this expectation come here without making a packet ambiguous?
  bool has_room_for(TimePoint now, const Expectation& expectation);
  // The same when sockets have run out: legs of one source are then told apart by their exact SDP address.
  bool can_share_with(const Expectation& expectation) const;

 private:
  struct Leg {
    TimePoint since;
    Expectation expectation;
    std::optional<Endpoint> locked;
  };
  // A source that is not to lock the next leg. While it goes on sending it is remembered, unless it is that
  // of a leg that goes on too.
  struct Former {
    Endpoint source;
    TimePoint since;
    TimePoint until;
    media::PortId of = 0;  // 0: of none, it is a stranger
    media::PortId to = 0;  // the leg that has it still: the same, with another key, or the only one here
  };
  void describe(Leg& leg, const Expectation& expectation);
  void forget_description(const Leg& leg);
  bool is_taken(const Expectation& expectation) const;
  void unlock(TimePoint now, media::PortId port, Leg& leg, media::PortId to = 0);
  void forget_lock(media::PortId port, Leg& leg);
  void let_go_of_former(media::PortId port);
  static bool is_nameless(const Leg& leg);
  Former* find_former(TimePoint now, const Endpoint& from);
  Hearer sole_leg() const;
  void remember_stranger(TimePoint now, const Endpoint& from, media::PortId to);

  std::unordered_map<media::PortId, Leg> legs_;
  std::unordered_map<Endpoint, media::PortId> locked_;
  // How many legs have that address in their SDP, and come most likely from that one.
  std::map<std::pair<Endpoint, IpAddress>, std::size_t> described_;
  // Legs that are heard from a port that their SDP does not name, by their likely address.
  std::unordered_map<IpAddress, std::size_t> nameless_;
  Waiters waiters_;
  // Legs that find_rtcp looked at for sources that it did not know, and since when.
  std::size_t looked_ = 0;
  TimePoint looked_since_{};
  std::vector<Former> former_;  // at most limits::kFormerSourcesMax
};

}  // namespace portico::medianode
