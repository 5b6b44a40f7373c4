#include "signaling/door.h"

#include <gtest/gtest.h>

namespace portico::signaling {
namespace {

const TimePoint kStart = TimePoint(1h);

sip::Flow from(std::uint32_t address, sip::Transport transport = sip::Transport::udp) {
  return {.transport = transport, .remote = {.ip = IpAddress::v4(address), .port = 5060}};
}

Door door() { return Door({.realm = "sip.example.org", .nonce_secret = std::string(32, 's')}); }

std::size_t sent(Door& door, const sip::Flow& to, std::size_t request, std::size_t answer, int tries) {
  std::size_t bytes = 0;
  for (int i = 0; i < tries; ++i) bytes += door.may_answer(to, request, answer, kStart) ? answer : 0;
  return bytes;
}

TEST(Door, AnUnprovenUdpSourceGetsNoMoreThanItSentAndOneSmallReply) {
  auto one = door();
  constexpr std::size_t kTries = 100'000;
  EXPECT_LE(sent(one, from(1), 400, 700, kTries), 400 * kTries + admission::ReplyBudget::kSmallReplyBytes);
}

TEST(Door, AnswersThatAreNoLargerThanTheirRequestsAreFree) {
  auto one = door();
  EXPECT_EQ(sent(one, from(1), 1'000, 700, 1'000), 700'000U);
}

TEST(Door, AConnectionIsItsOwnProof) {
  auto one = door();
  EXPECT_EQ(sent(one, from(1, sip::Transport::tcp), 400, 700, 1'000), 700'000U);
  EXPECT_EQ(sent(one, from(1, sip::Transport::tls), 400, 700, 1'000), 700'000U);
}

TEST(Door, ASourceThatProvedItselfIsAnsweredWhateverTheSize) {
  auto one = door();
  one.proven(IpAddress::v4(1), kStart);
  EXPECT_EQ(sent(one, from(1), 400, 700, 1'000), 700'000U);
  EXPECT_LE(sent(one, from(2), 400, 700, 1'000), 400'000U + admission::ReplyBudget::kSmallReplyBytes);
}

// A nonce outlives a restart, the memory of its uses does not.
TEST(Door, NoncesFromBeforeItsStartAreStale) {
  const Now start{.mono = kStart, .wall = WallTime(400'000h)};
  Door one({.realm = "sip.example.org", .nonce_secret = std::string(32, 's'), .opened = start});
  const auto nonce_of = [&](Millis after) {
    return one.mint_nonce({}, IpAddress::v4(1), {.mono = kStart + after, .wall = start.wall + after});
  };
  const Now soon{.mono = kStart + 5s, .wall = start.wall + 5s};
  EXPECT_FALSE(one.knows_uses_of(nonce_of(-5s), soon));
  EXPECT_TRUE(one.knows_uses_of(nonce_of(1s), soon));
}

TEST(Door, AJumpOfTheWallClockAgesNoNonce) {
  const Now start{.mono = kStart, .wall = WallTime(400'000h)};
  Door one({.realm = "sip.example.org", .nonce_secret = std::string(32, 's'), .opened = start});
  const Now jumped{.mono = kStart + 5s, .wall = start.wall - 24h};
  EXPECT_TRUE(one.knows_uses_of(one.mint_nonce({}, IpAddress::v4(1), jumped), jumped));
}

}  // namespace
}  // namespace portico::signaling
