#include "medianode/placement.h"

#include <gtest/gtest.h>

#include <set>

#include "base/limits.h"

namespace portico::medianode {
namespace {

const TimePoint kNow(1h);
Expectation from_port(std::uint16_t port, const char* address = "203.0.113.9") {
  const auto ip = *parse_ip(address);
  return expect(Endpoint{.ip = ip, .port = port}, ip);
}

TEST(Placement, PutsUnlockedLegsOfOneSourceOnSocketsOfTheirOwn) {
  Placement placement;
  EXPECT_EQ(placement.quick_place(kNow, from_port(4000)), std::nullopt);
  for (PairId pair = 0; pair < 3; ++pair) placement.add_pair(pair);
  std::set<PairId> used;
  for (media::PortId leg = 1; leg <= 3; ++leg) {
    const auto pair = placement.quick_place(kNow, from_port(static_cast<std::uint16_t>(4000 + leg)));
    ASSERT_TRUE(pair.has_value());
    used.insert(*pair);
    placement.add_leg(kNow, *pair, leg, from_port(static_cast<std::uint16_t>(4000 + leg)));
  }
  EXPECT_EQ(used.size(), 3U);
  EXPECT_EQ(placement.quick_place(kNow, from_port(4004)), std::nullopt) << "time for a further pair";
  EXPECT_EQ(placement.quick_place(kNow, from_port(4004, "203.0.113.10")), PairId{0}) << "another source fits";
}

TEST(Placement, LockedLegsOfOneSourceShareOneSocket) {
  Placement placement;
  placement.add_pair(0);
  placement.add_pair(1);
  for (std::uint16_t leg = 1; leg <= 500; ++leg) {
    const auto expectation = from_port(static_cast<std::uint16_t>(4000 + leg));
    const auto pair = placement.quick_place(kNow, expectation);
    ASSERT_EQ(pair, PairId{0}) << leg;
    placement.add_leg(kNow, *pair, leg, expectation);
    placement.lock(*pair, leg, expectation.rtp);
  }
  EXPECT_EQ(placement.find_rtp(kNow, 0, from_port(4321).rtp).port, 321U);
}

TEST(Placement, AtItsCapSharesByExactAddressAndSpreads) {
  Placement placement;
  for (PairId pair = 0; pair < 4; ++pair) placement.add_pair(pair);
  std::array<int, 4> legs{};
  for (std::uint16_t leg = 1; leg <= 400; ++leg) {
    const auto expectation = from_port(static_cast<std::uint16_t>(4000 + leg));
    auto pair = placement.quick_place(kNow, expectation);
    if (!pair) pair = placement.last_place(kNow, expectation);
    ASSERT_TRUE(pair.has_value()) << leg;
    ++legs[*pair];
    placement.add_leg(kNow, *pair, leg, expectation);
    EXPECT_EQ(placement.find_rtp(kNow, *pair, expectation.rtp).port, leg);
  }
  for (const auto count : legs) EXPECT_EQ(count, 100);
  EXPECT_EQ(placement.last_place(kNow, from_port(4001, "203.0.113.9")).has_value(), true)
      << "the pairs without that very address";
}

TEST(Placement, RefusesASecondLateOfferWhereThereIsNoSocketForIt) {
  Placement placement;
  placement.add_pair(0);
  placement.add_leg(kNow, 0, 1, {});
  EXPECT_EQ(placement.quick_place(kNow, {}), std::nullopt);
  EXPECT_EQ(placement.last_place(kNow, {}), std::nullopt);
  placement.expect(kNow, 0, 1, from_port(4000));
  EXPECT_EQ(placement.last_place(kNow, {}), PairId{0}) << "what it waits for is known by now";
}

TEST(Placement, NamesTheHighestEmptyPairAsSurplus) {
  Placement placement;
  for (PairId pair = 0; pair < 3; ++pair) placement.add_pair(pair);
  placement.add_leg(kNow, 0, 1, from_port(4000));
  EXPECT_EQ(placement.surplus(kNow, 2), std::nullopt);
  EXPECT_EQ(placement.surplus(kNow, 1), PairId{2});
  placement.drop_pair(2);
  EXPECT_EQ(placement.surplus(kNow, 1), std::nullopt);
  placement.remove_leg(kNow, 0, 1);
  EXPECT_EQ(placement.surplus(kNow, 1), PairId{1});
  EXPECT_EQ(placement.pairs(), 2U);
}

// Its port is the next to be opened, and would be without the memory of who goes on sending to it.
TEST(Placement, NamesNoPairAsSurplusThatRemembersItsLastCall) {
  Placement placement;
  for (PairId pair = 0; pair < 3; ++pair) placement.add_pair(pair);
  placement.add_leg(kNow, 2, 1, from_port(4000));
  placement.lock(2, 1, from_port(4000).rtp);
  placement.remove_leg(kNow, 2, 1);
  EXPECT_EQ(placement.surplus(kNow, 1), PairId{1});
  EXPECT_EQ(placement.surplus(kNow + limits::kFormerSourceLife, 1), PairId{2});
}

// Each has a pair of its own, and more of them are lower than the empty ones than are looked at.
TEST(Placement, PhonesOfOneNatTakeTheEmptyPairsBeforeAFurtherOne) {
  constexpr PairId kPairs = 40;
  const auto nat = *parse_ip("198.51.100.7");
  const auto phone = [&](PairId n) {
    return expect(Endpoint{.ip = IpAddress::v4(0x0A000001 + n), .port = 4'000}, nat);
  };
  Placement placement;
  for (PairId pair = 0; pair < kPairs; ++pair) placement.add_pair(pair);
  for (PairId pair = 0; pair < kPairs; ++pair) {
    ASSERT_EQ(placement.quick_place(kNow, phone(pair)), pair);
    placement.add_leg(kNow, pair, pair + 1, phone(pair));
    placement.lock(pair, pair + 1, {.ip = nat, .port = static_cast<std::uint16_t>(30'000 + pair)});
  }
  EXPECT_EQ(placement.quick_place(kNow, phone(kPairs)), std::nullopt);
}

}  // namespace
}  // namespace portico::medianode
