#include "media/source_lock.h"

#include <gtest/gtest.h>

namespace portico::media {
namespace {

using Verdict = SourceLock::Verdict;

const Endpoint kSdp = *parse_endpoint("192.0.2.10:4000");
const Endpoint kSameIp = *parse_endpoint("192.0.2.10:9999");
const Endpoint kElsewhere = *parse_endpoint("203.0.113.66:4000");

rtp::Header header(std::uint32_t ssrc, std::uint16_t sequence) {
  return {.sequence = sequence, .ssrc = ssrc};
}

TEST(SourceLock, InTheClearTwoInARowLockAnAddressWithinSdps) {
  SourceLock lock;
  lock.expect({.sdp = kSdp});
  EXPECT_FALSE(lock.admits(kElsewhere));
  EXPECT_TRUE(lock.admits(kSameIp));
  EXPECT_EQ(lock.target(), kSdp);
  EXPECT_EQ(lock.on_packet(kSameIp, header(1, 65'535)), Verdict::unproven);
  EXPECT_FALSE(lock.locked());
  EXPECT_EQ(lock.on_packet(kSameIp, header(1, 0)), Verdict::locked_now);
  EXPECT_EQ(lock.target(), kSameIp);
  EXPECT_FALSE(lock.admits(kSdp));
  EXPECT_EQ(lock.on_packet(kSameIp, header(1, 7)), Verdict::accept);
}

TEST(SourceLock, OneStreamMustShowBothPackets) {
  SourceLock lock;
  lock.expect({.sdp = kSdp, .any_address = true});
  EXPECT_EQ(lock.on_packet(kSdp, header(1, 10)), Verdict::unproven);
  EXPECT_EQ(lock.on_packet(kSdp, header(2, 11)), Verdict::unproven);
  EXPECT_EQ(lock.on_packet(kElsewhere, header(1, 11)), Verdict::unproven);
  EXPECT_EQ(lock.on_packet(kSdp, header(1, 13)), Verdict::unproven);
  EXPECT_EQ(lock.on_packet(kSdp, header(1, 14)), Verdict::locked_now);
}

TEST(SourceLock, AStrangersPacketsInBetweenDoNotKeepAnHonestPairApart) {
  SourceLock lock;
  lock.expect({.sdp = kSdp, .any_address = true});
  EXPECT_EQ(lock.on_packet(kSdp, header(1, 10)), Verdict::unproven);
  EXPECT_EQ(lock.on_packet(kElsewhere, header(8, 500)), Verdict::unproven);
  EXPECT_EQ(lock.on_packet(kElsewhere, header(9, 900)), Verdict::unproven);
  EXPECT_EQ(lock.on_packet(kSdp, header(1, 11)), Verdict::locked_now);
  EXPECT_EQ(lock.locked(), kSdp);
}

TEST(SourceLock, WithProofTheFirstPacketDecidesFromWhereverItComes) {
  SourceLock lock;
  lock.expect({.sdp = kSdp, .proven = true});
  EXPECT_TRUE(lock.admits(kElsewhere));
  EXPECT_EQ(lock.on_packet(kElsewhere, header(1, 10)), Verdict::locked_now);
  EXPECT_FALSE(lock.admits(kSdp));
  EXPECT_EQ(lock.on_packet(kElsewhere, header(2, 900)), Verdict::new_stream);
}

TEST(SourceLock, AnotherStreamOfTheLockedAddressMustProveItselfToo) {
  SourceLock lock;
  lock.expect({.sdp = kSdp});
  lock.on_packet(kSdp, header(1, 10));
  lock.on_packet(kSdp, header(1, 11));
  EXPECT_EQ(lock.on_packet(kSdp, header(2, 700)), Verdict::other_stream);
  EXPECT_EQ(lock.on_packet(kSdp, header(1, 12)), Verdict::accept);
  EXPECT_EQ(lock.on_packet(kSdp, header(2, 701)), Verdict::new_stream);
  EXPECT_EQ(lock.ssrc(), 2U);
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
