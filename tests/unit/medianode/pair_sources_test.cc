#include "medianode/pair_sources.h"

#include <gtest/gtest.h>

#include "base/limits.h"

namespace portico::medianode {
namespace {

using From = Expectation::From;

const TimePoint kNow(1h);
Endpoint at(const char* text) { return *parse_endpoint(text); }
IpAddress ip(const char* text) { return *parse_ip(text); }

Expectation from_sdp(const char* sdp) { return expect(at(sdp), at(sdp).ip); }
Expectation behind_nat(const char* sdp, const char* signalling) { return expect(at(sdp), ip(signalling)); }

TEST(Expectation, ComesFromSdpAndTheSourceOfSignalling) {
  EXPECT_EQ(expect(std::nullopt, ip("203.0.113.1")).from, From::unknown);
  EXPECT_EQ(expect(at("203.0.113.9:4000"), ip("203.0.113.1")).from, From::sdp_address);
  EXPECT_EQ(expect(at("10.0.0.5:4000"), ip("10.0.0.5")).from, From::sdp_address) << "one private network";
  const auto nat = expect(at("10.0.0.5:4000"), ip("203.0.113.1"));
  EXPECT_EQ(nat.from, From::anywhere);
  EXPECT_EQ(nat.likely, ip("203.0.113.1"));
  EXPECT_EQ(expect(at("0.0.0.0:4000"), ip("203.0.113.1")).from, From::nobody) << "on hold";
}

TEST(Expectation, SrtpMayProveItselfFromAnywhere) {
  const auto proven = expect(at("203.0.113.9:4000"), ip("203.0.113.1"), true);
  EXPECT_EQ(proven.from, From::anywhere);
  EXPECT_EQ(proven.likely, ip("203.0.113.9"));
}

TEST(Expectation, ANewKeyOfOursAloneLeavesTheSource) {
  const SrtpKey key{.master = Bytes(30, 1)};
  const SrtpKey other{.master = Bytes(30, 2)};
  const media::StreamDescription before{.send_key = key, .receive_key = key};
  const media::StreamDescription ours{.send_key = other, .receive_key = key};
  const media::StreamDescription theirs{.send_key = key, .receive_key = other};
  EXPECT_TRUE(same_source(before, ours));
  EXPECT_FALSE(same_source(before, theirs));
}

TEST(Expectation, WhoSignalsFromElsewhereBehindNatWillBeHeardFromThere) {
  const auto from = [](const char* signalling) {
    return media::StreamDescription{
        .remote_rtp = at("10.0.0.5:4000"), .remote_behind_nat = true, .signalling_source = ip(signalling)};
  };
  EXPECT_FALSE(same_source(from("203.0.113.1"), from("198.51.100.7")));
  EXPECT_EQ(expect(from("198.51.100.7")).likely, ip("198.51.100.7"));
}

TEST(PairSources, FindsALockedLegByItsAddressAmongMany) {
  PairSources pair;
  for (std::uint16_t i = 0; i < 100; ++i) {
    pair.add(kNow, i + 1U, from_sdp("203.0.113.9:4000"));
    pair.lock(i + 1U, {.ip = ip("203.0.113.9"), .port = static_cast<std::uint16_t>(5000 + i * 2)});
  }
  EXPECT_EQ(pair.find_rtp(kNow, at("203.0.113.9:5084")).port, 43U);
  EXPECT_EQ(pair.find_rtcp(kNow, at("203.0.113.9:5085")).port, 43U);
  EXPECT_EQ(pair.waiters(), 0U);
}

TEST(PairSources, GivesAWaiterThePacketsOfItsAddressWhateverTheirPort) {
  PairSources pair;
  pair.add(kNow, 1, from_sdp("203.0.113.9:4000"));
  pair.add(kNow, 2, from_sdp("203.0.113.10:4000"));
  EXPECT_EQ(pair.find_rtp(kNow, at("203.0.113.9:61000")).port, 1U);
  EXPECT_EQ(pair.find_rtp(kNow, at("203.0.113.10:4000")).port, 2U);
  EXPECT_EQ(pair.find_rtp(kNow, at("198.51.100.1:4000")).miss, Miss::stranger);
}

TEST(PairSources, TellsTwoWaitersOfOneAddressApartByTheExactPortOnly) {
  PairSources pair;
  pair.add(kNow, 1, from_sdp("203.0.113.9:4000"));
  pair.add(kNow, 2, from_sdp("203.0.113.9:4002"));
  EXPECT_EQ(pair.find_rtp(kNow, at("203.0.113.9:4000")).port, 1U);
  EXPECT_EQ(pair.find_rtp(kNow, at("203.0.113.9:4002")).port, 2U);
  EXPECT_EQ(pair.find_rtp(kNow, at("203.0.113.9:4004")).miss, Miss::ambiguous_source);
  pair.lock(1, at("203.0.113.9:4000"));
  EXPECT_EQ(pair.find_rtp(kNow, at("203.0.113.9:4004")).port, 2U) << "the only one that still waits";
}

TEST(PairSources, GivesTheOneBehindNatWhatNobodyElseExpects) {
  PairSources pair;
  pair.add(kNow, 1, from_sdp("203.0.113.9:4000"));
  pair.add(kNow, 2, behind_nat("192.168.1.4:7000", "198.51.100.7"));
  EXPECT_EQ(pair.find_rtp(kNow, at("198.51.100.7:33333")).port, 2U);
  EXPECT_EQ(pair.find_rtp(kNow, at("198.51.100.8:33333")).port, 2U) << "media may come another way";
  EXPECT_EQ(pair.find_rtp(kNow, at("203.0.113.9:33333")).port, 1U);
}

TEST(PairSources, PacketsOfAFormerLegDoNotReachTheNext) {
  PairSources pair;
  pair.add(kNow, 1, from_sdp("203.0.113.9:4000"));
  pair.lock(1, at("203.0.113.9:4000"));
  pair.remove(kNow, 1);
  pair.add(kNow, 2, from_sdp("203.0.113.9:4010"));
  EXPECT_EQ(pair.find_rtp(kNow, at("203.0.113.9:4000")).miss, Miss::former_source);
  EXPECT_EQ(pair.find_rtp(kNow, at("203.0.113.9:4010")).port, 2U);
  const auto later = kNow + limits::kFormerSourceLife;
  EXPECT_EQ(pair.find_rtp(later, at("203.0.113.9:4000")).port, 2U) << "forgotten by now";
}

TEST(PairSources, RemembersNoMoreFormerSourcesThanItsLimit) {
  PairSources pair;
  const auto source = [](std::size_t n) {
    return Endpoint{.ip = ip("203.0.113.9"), .port = static_cast<std::uint16_t>(4'000 + n)};
  };
  for (std::size_t n = 0; n <= limits::kFormerSourcesMax; ++n) {
    const auto port = static_cast<media::PortId>(n + 1);
    pair.add(kNow, port, expect(source(n), source(n).ip));
    pair.lock(port, source(n));
    pair.remove(kNow, port);
  }
  EXPECT_NE(pair.find_rtp(kNow, source(0)).miss, Miss::former_source) << "the oldest went";
  for (std::size_t n = 1; n <= limits::kFormerSourcesMax; ++n) {
    EXPECT_EQ(pair.find_rtp(kNow, source(n)).miss, Miss::former_source) << n;
  }
}

TEST(PairSources, TheSamePhoneMayCallAgainAtOnceFromTheSamePort) {
  PairSources pair;
  pair.add(kNow, 1, from_sdp("203.0.113.9:4000"));
  pair.lock(1, at("203.0.113.9:4000"));
  pair.remove(kNow, 1);
  pair.add(kNow, 2, from_sdp("203.0.113.9:4000"));
  EXPECT_EQ(pair.find_rtp(kNow, at("203.0.113.9:4000")).port, 2U);
}

// It crashed: its last call has not ended yet, and its packets come by the same mapping of its NAT.
TEST(PairSources, HasNoRoomForAPhoneBehindNatThatCallsAgainBesideItsLastCall) {
  PairSources pair;
  const auto phone = behind_nat("192.168.1.5:4000", "198.51.100.7");
  pair.add(kNow, 1, phone);
  pair.lock(1, at("198.51.100.7:33333"));
  EXPECT_FALSE(pair.has_room_for(kNow, phone));
  EXPECT_FALSE(pair.can_share_with(phone));
  EXPECT_FALSE(pair.has_room_for(kNow, behind_nat("192.168.1.6:4000", "198.51.100.7")))
      << "nor its neighbour";
  EXPECT_TRUE(pair.can_share_with(behind_nat("192.168.1.6:4000", "198.51.100.7")))
      << "where there is no other";
  pair.expect(kNow, 1, from_sdp("203.0.113.9:4000"));
  pair.lock(1, at("203.0.113.9:4000"));
  EXPECT_TRUE(pair.has_room_for(kNow + limits::kFormerSourceLife, phone)) << "it moved away";
}

// A phone whose call a crash has ended goes on sending; or somebody tries to be the next caller of his
// network.
TEST(PairSources, WhatIsSentAlreadyIsNotOfALegThatComesLater) {
  const auto phone = behind_nat("192.168.1.6:4000", "198.51.100.7");
  const auto early = at("198.51.100.7:40001");
  for (const bool alone : {true, false}) {
    PairSources pair;
    pair.add(kNow, 1, from_sdp("203.0.113.9:4000"));
    if (!alone) pair.add(kNow, 2, from_sdp("203.0.113.8:4000"));
    EXPECT_TRUE(pair.has_room_for(kNow, phone));
    auto now = kNow;
    for (; now < kNow + 2s; now += 20ms) pair.find_rtp(now, early);
    EXPECT_FALSE(pair.has_room_for(now, phone));
    EXPECT_TRUE(pair.has_room_for(now, behind_nat("192.168.1.6:4000", "198.51.100.8")));
    pair.add(now, 3, phone);  // where there is no other pair
    for (; now < kNow + 4s; now += 20ms) EXPECT_NE(pair.find_rtp(now, early).port, 3U);
    EXPECT_EQ(pair.find_rtp(now, at("198.51.100.7:40002")).port, 3U);
    pair.remove(now, 3);
    EXPECT_TRUE(pair.has_room_for(now + limits::kFormerSourceLife, phone)) << "it has stopped";
  }
}

// Where a phone's call has just ended.
PairSources after_a_call_of(const Expectation& phone, const Endpoint& source) {
  PairSources pair;
  pair.add(kNow, 1, phone);
  pair.lock(1, source);
  pair.remove(kNow, 1);
  return pair;
}

TEST(PairSources, AnEndedLegsSourceIsRememberedForAsLongAsItGoesOn) {
  const auto phone = behind_nat("192.168.1.5:4000", "198.51.100.7");
  const auto source = at("198.51.100.7:33333");
  auto pair = after_a_call_of(phone, source);
  auto now = kNow;
  for (; now < kNow + 2s; now += 20ms) EXPECT_EQ(pair.find_rtp(now, source).miss, Miss::former_source);
  EXPECT_FALSE(pair.has_room_for(now, phone));
  EXPECT_TRUE(pair.has_room_for(now + limits::kFormerSourceLife, phone));
}

// Its media may come before the re-INVITE that tells of it.
TEST(PairSources, ALegDescribedAnewHasWhatIsSentAlready) {
  PairSources pair;
  pair.add(kNow, 1, behind_nat("192.168.1.5:4000", "198.51.100.7"));
  pair.lock(1, at("198.51.100.7:33333"));
  pair.add(kNow, 2, from_sdp("203.0.113.9:4000"));
  const auto other_way = at("203.0.113.77:40001");
  for (int n = 0; n < 10; ++n) EXPECT_EQ(pair.find_rtp(kNow, other_way).miss, Miss::stranger);
  // Its signalling goes through a proxy elsewhere.
  for (const char* signalling : {"203.0.113.77", "192.0.2.1"}) {
    pair.expect(kNow, 1, behind_nat("192.168.1.5:4000", signalling));
    EXPECT_EQ(pair.find_rtp(kNow, other_way).port, 1U) << signalling;
  }
}

TEST(PairSources, ALateOffersMediaMayBeFasterThanItsAck) {
  PairSources pair;
  pair.add(kNow, 1, from_sdp("203.0.113.9:4000"));
  pair.lock(1, at("203.0.113.9:4000"));
  pair.add(kNow, 2, {});
  const auto early = at("198.51.100.7:40001");
  EXPECT_EQ(pair.find_rtp(kNow, early).miss, Miss::stranger);
  pair.expect(kNow, 2, behind_nat("192.168.1.5:4000", "203.0.113.1"));
  EXPECT_EQ(pair.find_rtp(kNow, early).port, 2U);
}

// Behind a proxy, where nothing of its signalling speaks for its address.
TEST(PairSources, AnEndedLegsPhoneThatCallsAgainIsHeardInTheEnd) {
  const auto phone = behind_nat("192.168.1.5:4000", "203.0.113.1");
  const auto source = at("198.51.100.7:33333");
  auto pair = after_a_call_of(phone, source);
  pair.add(kNow, 2, phone);
  auto now = kNow;
  for (; now < kNow + 32s; now += 20ms) EXPECT_EQ(pair.find_rtp(now, source).miss, Miss::former_source);
  for (; now < kNow + 33s; now += 20ms) pair.find_rtp(now, source);
  EXPECT_EQ(pair.find_rtp(now, source).port, 2U);
}

TEST(PairSources, PhonesOfOneLocalNetworkShareAPair) {
  PairSources pair;
  pair.add(kNow, 1, behind_nat("10.1.2.5:4000", "10.1.1.1"));
  pair.lock(1, at("10.1.2.5:4000"));
  EXPECT_TRUE(pair.has_room_for(kNow, behind_nat("10.1.2.6:4000", "10.1.1.1")))
      << "named by its SDP after all";
}

// A hold of the old kind (c=0.0.0.0), during which it sends music.
TEST(PairSources, ALegThatGoesOnAfterAHoldHasItsSourceBackWithinItsLife) {
  PairSources pair;
  const auto phone = behind_nat("192.168.1.5:4000", "198.51.100.7");
  const auto source = at("198.51.100.7:33333");
  pair.add(kNow, 1, phone);
  pair.add(kNow, 9, from_sdp("203.0.113.9:4000"));
  pair.lock(1, source);
  pair.expect(kNow, 1, expect(at("0.0.0.0:4000"), ip("198.51.100.7")));
  auto now = kNow;
  for (; now < kNow + limits::kFormerSourceLife; now += 20ms) {
    EXPECT_EQ(pair.find_rtp(now, source).miss, Miss::former_source);
  }
  for (; now < kNow + 2s; now += 20ms) pair.find_rtp(now, source);
  pair.expect(now, 1, phone);
  EXPECT_EQ(pair.find_rtp(now, source).port, 1U);
}

// Each could be whoever comes from an address that nobody speaks for.
TEST(PairSources, LegsThatAreDescribedAnewAreFoundWhereTheyWereForAWhile) {
  PairSources pair;
  const auto one = behind_nat("192.168.1.5:4000", "198.51.100.7");
  const auto other = behind_nat("192.168.1.6:4000", "198.51.100.8");
  pair.add(kNow, 1, one);
  pair.add(kNow, 2, other);
  pair.lock(1, at("203.0.113.7:33333"));
  pair.lock(2, at("203.0.113.8:33333"));
  pair.expect(kNow, 1, one);
  pair.expect(kNow, 2, other);
  EXPECT_EQ(pair.find_rtp(kNow + 10s, at("203.0.113.7:33333")).port, 1U);
  EXPECT_EQ(pair.find_rtp(kNow + 10s, at("203.0.113.8:33333")).port, 2U);
  EXPECT_EQ(pair.find_rtp(kNow + 10s, at("203.0.113.9:33333")).miss, Miss::ambiguous_source);
}

// Its signalling comes by a proxy: nothing but its packets tells where it is.
TEST(PairSources, AfterAHoldAPhoneThatEndsAndCallsAgainIsHeard) {
  PairSources pair;
  const auto phone = behind_nat("192.168.1.5:4000", "198.51.100.7");
  const auto source = at("203.0.113.7:33333");
  pair.add(kNow, 1, phone);
  pair.lock(1, source);
  pair.expect(kNow + 1s, 1, phone);
  EXPECT_EQ(pair.find_rtp(kNow + 2s, source).port, 1U);
  pair.lock(1, source);
  pair.remove(kNow + 5s, 1);
  EXPECT_TRUE(pair.has_room_for(kNow + 10s, phone));
  pair.add(kNow + 10s, 2, phone);
  EXPECT_EQ(pair.find_rtp(kNow + 10s, source).port, 2U);
}

TEST(PairSources, WhatAPhoneLeftAfterAHoldMayBeAnothersAtOnce) {
  PairSources pair;
  const auto phone = from_sdp("203.0.113.7:4000");
  pair.add(kNow, 1, phone);
  pair.lock(1, at("203.0.113.7:4000"));
  pair.expect(kNow + 1s, 1, phone);
  pair.lock(1, at("203.0.113.7:5000"));
  EXPECT_TRUE(pair.has_room_for(kNow + 2s, from_sdp("203.0.113.7:6000")));
}

TEST(PairSources, FindsEachOfManyWhoWaitUntilItsTimeIsOver) {
  PairSources pair;
  const auto source = [](std::uint32_t n) {
    return Endpoint{.ip = IpAddress::v4(0xCB007100 + n), .port = 4'000};
  };
  for (std::uint32_t n = 1; n <= 1'000; ++n) pair.add(kNow, n, expect(source(n), source(n).ip));
  for (std::uint32_t n = 1; n <= 1'000; ++n) {
    EXPECT_EQ(pair.find_rtp(kNow, source(n)).port, n);
    EXPECT_EQ(pair.find_rtp(kNow, {.ip = source(n).ip, .port = 9}).port, n);
  }
  EXPECT_EQ(pair.find_rtp(kNow, at("198.51.100.1:4000")).miss, Miss::stranger);
  pair.lock(1, {.ip = source(1).ip, .port = 9}, kNow + 10s);
  EXPECT_EQ(pair.find_rtp(kNow, source(1)).port, 1U) << "a better source";
  EXPECT_EQ(pair.waiters(), 1'000U);
  EXPECT_EQ(pair.find_rtp(kNow + 10s, source(1)).miss, Miss::stranger);
  EXPECT_EQ(pair.waiters(), 999U);
}

TEST(PairSources, ANewDescriptionUnlocksAndTheOldSourceIsNotBelieved) {
  PairSources pair;
  pair.add(kNow, 1, from_sdp("203.0.113.9:4000"));
  pair.add(kNow, 9, from_sdp("198.51.100.99:4000"));
  pair.lock(1, at("203.0.113.9:4000"));
  pair.expect(kNow, 1, from_sdp("203.0.113.77:6000"));
  EXPECT_EQ(pair.find_rtp(kNow, at("203.0.113.77:6000")).port, 1U);
  EXPECT_EQ(pair.find_rtp(kNow, at("203.0.113.9:4000")).miss, Miss::former_source);
}

// A phone behind NAT that says a new SRTP key in each re-INVITE goes on from where it was.
TEST(PairSources, ANewKeyFromTheSameAddressLosesNothing) {
  PairSources pair;
  const auto source = at("198.51.100.7:33333");
  const auto phone = behind_nat("192.168.1.4:4000", "198.51.100.7");
  pair.add(kNow, 1, phone);
  pair.lock(1, source);
  pair.add(kNow, 2, behind_nat("192.168.1.5:4000", "198.51.100.7"));
  pair.expect(kNow, 1, phone);
  EXPECT_EQ(pair.find_rtp(kNow, source).port, 1U);
  pair.lock(1, source);
  pair.expect(kNow, 1, behind_nat("192.168.1.6:4000", "198.51.100.7"));
  EXPECT_EQ(pair.find_rtp(kNow, source).miss, Miss::former_source) << "another phone of that network";
  pair.lock(1, source);
  pair.remove(kNow, 1);
  EXPECT_EQ(pair.find_rtp(kNow, source).miss, Miss::former_source) << "nor for those who still wait";
}

TEST(PairSources, ALegOnHoldWaitsForNobody) {
  PairSources pair;
  pair.add(kNow, 1, from_sdp("203.0.113.9:4000"));
  pair.expect(kNow, 1, expect(at("0.0.0.0:9"), ip("203.0.113.9")));
  EXPECT_EQ(pair.waiters(), 0U);
}

TEST(PairSources, TheOnlyLegGetsStrangersToo) {
  PairSources pair;
  pair.add(kNow, 1, from_sdp("203.0.113.9:4000"));
  EXPECT_EQ(pair.find_rtp(kNow, at("198.51.100.1:1")).port, 1U) << "media/source_lock counts them";
  pair.remove(kNow, 1);
  EXPECT_EQ(pair.find_rtp(kNow, at("198.51.100.1:1")).miss, Miss::stranger);
}

TEST(PairSources, FindsRtcpByItsOwnAddressWhereSdpNamesOne) {
  PairSources pair;
  auto described = from_sdp("203.0.113.9:4000");
  described.rtcp = at("203.0.113.9:9999");
  pair.add(kNow, 1, described);
  pair.add(kNow, 2, from_sdp("203.0.113.9:5000"));
  EXPECT_EQ(pair.find_rtcp(kNow, at("203.0.113.9:9999")).port, 1U);
  EXPECT_EQ(pair.find_rtcp(kNow, at("203.0.113.9:5001")).port, 2U);
  EXPECT_EQ(pair.find_rtcp(kNow, at("203.0.113.9:7777")).miss, Miss::ambiguous_source);
}

TEST(PairSources, LooksAtNoMoreLegsForAFloodOfRtcpThanItMay) {
  PairSources pair;
  constexpr std::uint16_t kLegs = 100;
  for (std::uint16_t i = 0; i < kLegs; ++i) {
    const Endpoint source{.ip = ip("203.0.113.9"), .port = static_cast<std::uint16_t>(5000 + i * 2)};
    pair.add(kNow, i + 1U, expect(source, source.ip));
    pair.lock(i + 1U, source);
  }
  pair.add(kNow, 500, from_sdp("198.51.100.7:7000"));
  const auto odd = at("198.51.100.7:9");
  for (std::size_t i = 0; i <= PairSources::kLooksMax / kLegs; ++i) {
    EXPECT_EQ(pair.find_rtcp(kNow, odd).port, i * (kLegs + 1) <= PairSources::kLooksMax ? 500U : 0U);
  }
  EXPECT_EQ(pair.find_rtcp(kNow, odd).miss, Miss::stranger);
  EXPECT_EQ(pair.find_rtcp(kNow, at("203.0.113.9:5085")).port, 43U) << "found without looking";
  EXPECT_EQ(pair.find_rtcp(kNow + PairSources::kLookSpan, odd).port, 500U);
}

TEST(PairSources, ALegThatTookOverASourceKeepsItWhenTheOtherEnds) {
  PairSources pair;
  pair.add(kNow, 1, from_sdp("203.0.113.9:4000"));
  pair.add(kNow, 2, from_sdp("203.0.113.9:4000"));
  pair.lock(1, at("203.0.113.9:4000"));
  pair.lock(2, at("203.0.113.9:4000"));
  pair.remove(kNow, 1);
  EXPECT_EQ(pair.find_rtp(kNow, at("203.0.113.9:4000")).port, 2U);
}

TEST(PairSources, ALegWhoseSourceIsNotSettledStillGetsThePacketsOfABetterOne) {
  PairSources pair;
  pair.add(kNow, 1, behind_nat("10.0.0.5:4000", "198.51.100.7"));
  pair.add(kNow, 2, from_sdp("203.0.113.9:4000"));
  pair.lock(1, at("192.0.2.66:6000"), kNow + 10s);
  EXPECT_EQ(pair.find_rtp(kNow, at("192.0.2.66:6000")).port, 1U);
  EXPECT_EQ(pair.find_rtp(kNow, at("198.51.100.7:31337")).port, 1U);
  EXPECT_EQ(pair.find_rtp(kNow, at("192.0.2.67:6000")).miss, Miss::stranger) << "no third one";
  EXPECT_FALSE(pair.has_room_for(kNow, from_sdp("198.51.100.7:4000")));
  EXPECT_EQ(pair.find_rtp(kNow + 10s, at("198.51.100.7:31337")).miss, Miss::stranger);
  EXPECT_TRUE(pair.has_room_for(kNow + 10s + limits::kFormerSourceLife, from_sdp("198.51.100.7:4000")));
  pair.lock(1, at("198.51.100.7:31337"));
  EXPECT_EQ(pair.find_rtp(kNow, at("192.0.2.66:6000")).miss, Miss::stranger);
}

TEST(PairSources, HasRoomOnlyWherePacketsStayUnambiguous) {
  PairSources pair;
  pair.add(kNow, 1, from_sdp("203.0.113.9:4000"));
  EXPECT_FALSE(pair.has_room_for(kNow, from_sdp("203.0.113.9:4002"))) << "one waits for that source already";
  EXPECT_TRUE(pair.has_room_for(kNow, from_sdp("203.0.113.10:4000")));
  EXPECT_TRUE(pair.has_room_for(kNow, behind_nat("10.0.0.1:4000", "198.51.100.7")));
  EXPECT_FALSE(pair.has_room_for(kNow, behind_nat("10.0.0.1:4000", "203.0.113.9")));
  EXPECT_FALSE(pair.has_room_for(kNow, {})) << "a late offer wants a socket where nobody waits";
  pair.lock(1, at("203.0.113.9:4000"));
  EXPECT_TRUE(pair.has_room_for(kNow, from_sdp("203.0.113.9:4002")));
  EXPECT_FALSE(pair.has_room_for(kNow, from_sdp("203.0.113.9:4000"))) << "that address is taken";
  EXPECT_TRUE(pair.has_room_for(kNow, {}));
  pair.add(kNow, 2, behind_nat("10.0.0.1:4000", "198.51.100.7"));
  EXPECT_FALSE(pair.has_room_for(kNow, behind_nat("10.0.0.2:4000", "198.51.100.8")))
      << "one wildcard a socket";
}

TEST(PairSources, SharedLegsOfOneSourceMustDifferInTheirSdpAddress) {
  PairSources pair;
  pair.add(kNow, 1, from_sdp("203.0.113.9:4000"));
  EXPECT_TRUE(pair.can_share_with(from_sdp("203.0.113.9:4002")));
  EXPECT_FALSE(pair.can_share_with(from_sdp("203.0.113.9:4000")));
  EXPECT_FALSE(pair.can_share_with(behind_nat("10.0.0.1:4000", "203.0.113.9")));
  EXPECT_TRUE(pair.can_share_with({})) << "one that is not known yet";
  pair.add(kNow, 2, {});
  EXPECT_FALSE(pair.can_share_with({})) << "but not two";
}

}  // namespace
}  // namespace portico::medianode
