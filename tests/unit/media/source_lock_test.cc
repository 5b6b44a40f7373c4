#include "media/source_lock.h"

#include <gtest/gtest.h>

namespace portico::media {
namespace {

using Verdict = SourceLock::Verdict;

const TimePoint kNow(1h);
const Endpoint kSdp = *parse_endpoint("192.0.2.10:4000");
const Endpoint kSameIp = *parse_endpoint("192.0.2.10:9999");
const Endpoint kElsewhere = *parse_endpoint("203.0.113.66:4000");

rtp::Header header(std::uint32_t ssrc, std::uint16_t sequence) {
  return {.sequence = sequence, .ssrc = ssrc};
}

TEST(SourceLock, InTheClearTwoInARowLockAnAddressWithinSdps) {
  SourceLock lock;
  lock.expect({.sdp = kSdp});
  EXPECT_FALSE(lock.admits(kNow, kElsewhere));
  EXPECT_TRUE(lock.admits(kNow, kSameIp));
  EXPECT_EQ(lock.target(), kSdp);
  EXPECT_EQ(lock.on_packet(kNow, kSameIp, header(1, 65'535)), Verdict::unproven);
  EXPECT_FALSE(lock.locked());
  EXPECT_EQ(lock.on_packet(kNow, kSameIp, header(1, 0)), Verdict::locked_now);
  EXPECT_EQ(lock.target(), kSameIp);
  EXPECT_FALSE(lock.admits(kNow + kSourceLearning, kSdp));
  EXPECT_EQ(lock.on_packet(kNow, kSameIp, header(1, 7)), Verdict::accept);
}

TEST(SourceLock, OneStreamMustShowBothPackets) {
  SourceLock lock;
  lock.expect({.sdp = kSdp, .any_address = true});
  EXPECT_EQ(lock.on_packet(kNow, kSdp, header(1, 10)), Verdict::unproven);
  EXPECT_EQ(lock.on_packet(kNow, kSdp, header(2, 11)), Verdict::unproven);
  EXPECT_EQ(lock.on_packet(kNow, kElsewhere, header(1, 11)), Verdict::unproven);
  EXPECT_EQ(lock.on_packet(kNow, kSdp, header(1, 13)), Verdict::unproven);
  EXPECT_EQ(lock.on_packet(kNow, kSdp, header(1, 14)), Verdict::locked_now);
}

TEST(SourceLock, AStrangersPacketsInBetweenDoNotKeepAnHonestPairApart) {
  SourceLock lock;
  lock.expect({.sdp = kSdp, .any_address = true});
  EXPECT_EQ(lock.on_packet(kNow, kSdp, header(1, 10)), Verdict::unproven);
  EXPECT_EQ(lock.on_packet(kNow, kElsewhere, header(8, 500)), Verdict::unproven);
  EXPECT_EQ(lock.on_packet(kNow, kElsewhere, header(9, 900)), Verdict::unproven);
  EXPECT_EQ(lock.on_packet(kNow, kSdp, header(1, 11)), Verdict::locked_now);
  EXPECT_EQ(lock.locked(), kSdp);
}

// Whoever finds the port can send from as many addresses as he likes.
TEST(SourceLock, AHundredStrangersInBetweenDoNotKeepApartWhomSdpOrSignallingSpeakFor) {
  const Endpoint of_signalling = *parse_endpoint("198.51.100.7:33333");
  const Endpoint sdp = *parse_endpoint("192.168.1.4:4000");
  SourceLock lock;
  lock.expect({.sdp = sdp, .any_address = true, .signalling = of_signalling.ip});
  std::uint16_t stranger = 0;
  const auto strangers = [&] {
    for (int i = 0; i < 100; ++i, ++stranger) {
      const Endpoint from{.ip = kElsewhere.ip, .port = stranger};
      EXPECT_EQ(lock.on_packet(kNow, from, header(stranger, 7)), Verdict::unproven);
    }
  };
  strangers();
  EXPECT_EQ(lock.on_packet(kNow, of_signalling, header(1, 10)), Verdict::unproven);
  strangers();
  EXPECT_EQ(lock.on_packet(kNow, of_signalling, header(1, 11)), Verdict::locked_now);

  lock.expect({.sdp = kSdp});  // not behind NAT: others of the same address are the strangers
  EXPECT_EQ(lock.on_packet(kNow, kSdp, header(1, 10)), Verdict::unproven);
  for (std::uint16_t i = 0; i < 100; ++i) {
    const Endpoint from{.ip = kSdp.ip, .port = static_cast<std::uint16_t>(20'000 + i)};
    EXPECT_EQ(lock.on_packet(kNow, from, header(i, 7)), Verdict::unproven);
  }
  EXPECT_EQ(lock.on_packet(kNow, kSdp, header(1, 11)), Verdict::locked_now);
}

TEST(SourceLock, WithProofTheFirstPacketDecidesFromWhereverItComes) {
  SourceLock lock;
  lock.expect({.sdp = kSdp, .proven = true});
  EXPECT_TRUE(lock.admits(kNow, kElsewhere));
  EXPECT_EQ(lock.on_packet(kNow, kElsewhere, header(1, 10)), Verdict::locked_now);
  EXPECT_FALSE(lock.admits(kNow, kSdp));
  EXPECT_EQ(lock.on_packet(kNow + kStreamSilence, kElsewhere, header(2, 900)), Verdict::new_stream);
}

TEST(SourceLock, WithProofTooAnotherStreamOfTheLockedAddressWaitsUntilTheFirstHasStopped) {
  SourceLock lock;
  lock.expect({.sdp = kSdp, .proven = true});
  lock.on_packet(kNow, kSdp, header(1, 10));
  for (std::uint16_t i = 0; i < 50; ++i) {
    const auto now = kNow + i * 20ms;
    EXPECT_EQ(lock.on_packet(now, kSdp, header(2, static_cast<std::uint16_t>(700 + i))),
              Verdict::other_stream);
    EXPECT_EQ(lock.on_packet(now, kSdp, header(1, static_cast<std::uint16_t>(11 + i))), Verdict::accept);
  }
  EXPECT_EQ(lock.on_packet(kNow + 49 * 20ms + kStreamSilence, kSdp, header(2, 750)), Verdict::new_stream);
}

// The source may have moved: whoever is proven is the party, wherever it was a moment ago.
TEST(SourceLock, WithProofWhoComesFromElsewhereAfterAHoldIsBelievedAtOnce) {
  SourceLock lock;
  lock.expect({.sdp = kSdp, .proven = true});
  lock.on_packet(kNow, kSdp, header(1, 10));
  lock.doubt();
  EXPECT_EQ(lock.on_packet(kNow, kElsewhere, header(1, 11)), Verdict::locked_now);
}

TEST(SourceLock, AnotherStreamOfTheLockedAddressMustProveItselfAfterTheFirstHasStopped) {
  SourceLock lock;
  lock.expect({.sdp = kSdp});
  lock.on_packet(kNow, kSdp, header(1, 10));
  lock.on_packet(kNow, kSdp, header(1, 11));
  for (std::uint16_t i = 0; i < 50; ++i) {
    const auto now = kNow + i * 20ms;
    const auto sequence = static_cast<std::uint16_t>(700 + i);
    EXPECT_EQ(lock.on_packet(now, kSdp, header(2, sequence)), Verdict::other_stream) << "beside the first";
    EXPECT_EQ(lock.on_packet(now, kSdp, header(1, static_cast<std::uint16_t>(12 + i))), Verdict::accept);
  }
  const auto later = kNow + 49 * 20ms + kStreamSilence;
  EXPECT_EQ(lock.on_packet(later, kSdp, header(3, 9)), Verdict::other_stream);
  EXPECT_EQ(lock.on_packet(later, kSdp, header(3, 10)), Verdict::new_stream);
  EXPECT_EQ(lock.ssrc(), 3U);
}

// The row of an attack: who sends first, who sends then, who is heard in the end.
struct First {
  const char* what;
  SourceLock::Expectation expectation;
  Endpoint first;
  Endpoint then;
  bool taken_over;
  bool settled;
};
const IpAddress kSignalling = *parse_ip("198.51.100.7");
const Endpoint kPrivate = *parse_endpoint("10.0.0.5:4000");
const Endpoint kBehindNat = {.ip = kSignalling, .port = 31'337};
const SourceLock::Expectation kNat{.sdp = kPrivate, .any_address = true, .signalling = kSignalling};
const First kFirsts[] = {
    {"a neighbour of SDP's address, then that address", {.sdp = kSdp}, kSameIp, kSdp, true, false},
    {"SDP's address, then a neighbour", {.sdp = kSdp}, kSdp, kSameIp, false, true},
    {"SDP's address, then a stranger", {.sdp = kSdp}, kSdp, kElsewhere, false, true},
    {"a stranger, then one from where signalling came", kNat, kElsewhere, kBehindNat, true, false},
    {"one from where signalling came, then a stranger", kNat, kBehindNat, kElsewhere, false, true},
    {"two ports of where signalling came from",
     kNat,
     kBehindNat,
     {.ip = kSignalling, .port = 5},
     false,
     true},
    {"two strangers", kNat, kElsewhere, kSameIp, false, false},
    {"with proof", {.sdp = kSdp, .proven = true}, kElsewhere, kSdp, false, true},
};

TEST(SourceLock, WhoComesFirstGivesWayToWhoIsExpected) {
  for (const auto& row : kFirsts) {
    SourceLock lock;
    lock.expect(row.expectation);
    lock.on_packet(kNow, row.first, header(1, 10));
    lock.on_packet(kNow, row.first, header(1, 11));
    ASSERT_EQ(lock.locked(), row.first) << row.what;
    EXPECT_EQ(lock.settled(kNow), row.settled) << row.what;
    const auto now = kNow + 9s;
    EXPECT_EQ(lock.admits(now, row.then), row.taken_over) << row.what;
    if (!row.taken_over) continue;
    EXPECT_EQ(lock.on_packet(now, row.then, header(2, 7)), Verdict::unproven) << row.what;
    EXPECT_EQ(lock.on_packet(now, row.first, header(1, 12)), Verdict::accept) << row.what;
    EXPECT_EQ(lock.on_packet(now, row.then, header(2, 8)), Verdict::taken_over) << row.what;
    EXPECT_EQ(lock.target(), row.then) << row.what;
    EXPECT_FALSE(lock.admits(now, row.first)) << row.what;
    EXPECT_TRUE(lock.settled(now)) << row.what;
  }
}

TEST(SourceLock, StaysWhereItIsOnceTheTimeOfLearningIsOver) {
  SourceLock lock;
  lock.expect(kNat);
  lock.on_packet(kNow, kElsewhere, header(1, 10));
  lock.on_packet(kNow, kElsewhere, header(1, 11));
  EXPECT_TRUE(lock.admits(kNow + kSourceLearning - 1ms, kBehindNat));
  EXPECT_FALSE(lock.admits(kNow + kSourceLearning, kBehindNat));
  EXPECT_TRUE(lock.settled(kNow + kSourceLearning));
}

TEST(SourceLock, WhoIsInDoubtIsBelievedAtOnceAndAnotherIsLockedAsAtTheStart) {
  SourceLock lock;
  lock.expect({.sdp = kSdp});
  const auto lock_it = [&] {
    lock.on_packet(kNow, kSdp, header(1, 1));
    lock.on_packet(kNow, kSdp, header(1, 2));
  };
  lock_it();
  const auto later = kNow + kSourceLearning;
  EXPECT_FALSE(lock.admits(later, kSameIp));
  lock.doubt();
  EXPECT_TRUE(lock.admits(later, kSdp));
  EXPECT_TRUE(lock.admits(later, kSameIp));
  EXPECT_FALSE(lock.admits(later, kElsewhere));
  EXPECT_EQ(lock.target(), kSdp);
  EXPECT_EQ(lock.on_packet(later, kSdp, header(1, 3)), Verdict::came_back);
  EXPECT_EQ(lock.on_packet(later, kSdp, header(1, 4)), Verdict::accept);
  EXPECT_FALSE(lock.admits(later, kSameIp));
  lock.doubt();
  for (std::uint16_t i = 5; i < 9; ++i)
    EXPECT_EQ(lock.on_packet(later, kSameIp, header(9, i)), Verdict::unproven) << "the other one goes on";
  const auto silent = later + kStreamSilence;
  EXPECT_EQ(lock.on_packet(silent, kSameIp, header(1, 5)), Verdict::unproven);
  EXPECT_EQ(lock.on_packet(silent, kSameIp, header(1, 6)), Verdict::locked_now);
  EXPECT_EQ(lock.target(), kSameIp);
  EXPECT_EQ(lock.on_packet(silent, kSameIp, header(1, 7)), Verdict::accept);
}

TEST(SourceLock, ThereIsNothingToDoubtBeforeTheSourceIsLocked) {
  SourceLock lock;
  lock.expect({.sdp = kSdp});
  lock.doubt();
  EXPECT_EQ(lock.on_packet(kNow, kSdp, header(1, 1)), Verdict::unproven);
  EXPECT_EQ(lock.on_packet(kNow, kSdp, header(1, 2)), Verdict::locked_now);
  EXPECT_EQ(lock.on_packet(kNow, kSdp, header(1, 3)), Verdict::accept);
}

TEST(SourceLock, OnHoldThereIsNobodyToSendTo) {
  SourceLock lock;
  lock.expect({.sdp = {.ip = IpAddress(), .port = 4'000}});
  EXPECT_FALSE(lock.target());
  lock.expect({.sdp = {.ip = kSdp.ip, .port = 0}});
  EXPECT_FALSE(lock.target());
}

}  // namespace
}  // namespace portico::media
