#include "signaling/caller_proofs.h"

#include <gtest/gtest.h>

namespace portico::signaling {
namespace {

constexpr auto kNow = TimePoint(1h);
const auto kCaller = IpAddress::v4(0xCB007109);
const auto kOwner = IpAddress::v4(0xC0000201);  // of an address that is forged
constexpr std::size_t kLarge = 3'000;           // more than the budget of an unproven source

sip::Flow from(IpAddress ip, sip::Transport transport = sip::Transport::udp) {
  return {.transport = transport, .remote = {.ip = ip, .port = 5060}};
}

sip::Send message(std::string_view first_line, IpAddress to, std::size_t bytes) {
  std::string text(first_line);
  text.resize(bytes, ' ');
  return {.flow = from(to), .bytes = std::move(text)};
}
sip::Send answer(IpAddress to, std::size_t bytes) { return message("SIP/2.0 200 OK", to, bytes); }

class CallerProofsTest : public ::testing::Test {
 protected:
  std::size_t repeated(const sip::Send& one, int times) {
    std::size_t bytes = 0;
    for (int i = 0; i < times; ++i) bytes += proofs_.may_repeat(one, kNow) ? one.bytes.size() : 0;
    return bytes;
  }

  Door door_{{.realm = "sip.example.org", .nonce_secret = std::string(32, 's')}};
  CallerProofs proofs_{door_};
};

TEST_F(CallerProofsTest, AForgedInviteDrawsItsOwnSizeAndOneSmallAnswer) {
  proofs_.began(kOwner, false, kLarge, kNow);
  EXPECT_EQ(repeated(answer(kOwner, kLarge), 10), kLarge) << "paid by the INVITE, once";
  EXPECT_LE(repeated(answer(kOwner, 700), 10), admission::ReplyBudget::kSmallReplyBytes);
  EXPECT_EQ(repeated(message("BYE sip:x SIP/2.0", kOwner, 700), 10), 0U) << "requests are held to it too";
}

TEST_F(CallerProofsTest, AnAcknowledgedCallHasProvedItsAddress) {
  proofs_.began(kCaller, false, 700, kNow);
  proofs_.acknowledged(kCaller);
  EXPECT_EQ(repeated(answer(kCaller, kLarge), 10), 10 * kLarge);
  EXPECT_EQ(repeated(message("BYE sip:x SIP/2.0", kCaller, 700), 10), 7'000U);
}

TEST_F(CallerProofsTest, OneUnprovenCallHoldsAnAddressToItsBudget) {
  proofs_.began(kOwner, true, 0, kNow - 1h);  // long ago: the door has forgotten
  proofs_.began(kOwner, false, 700, kNow);
  EXPECT_LE(repeated(answer(kOwner, kLarge), 10), kLarge);
  proofs_.acknowledged(kOwner);
  EXPECT_EQ(repeated(answer(kOwner, kLarge), 10), 10 * kLarge);
  proofs_.ended(kOwner);
  proofs_.ended(kOwner);
}

TEST_F(CallerProofsTest, WhoNamesOurTagProvesTheCallersAddressAndNoOther) {
  proofs_.make_room(kCaller);
  proofs_.began(kCaller, false, 700, kNow);
  EXPECT_FALSE(proofs_.named_tag(kCaller, from(kCaller, sip::Transport::tcp), 400, kNow)) << "no news";
  EXPECT_FALSE(proofs_.named_tag(kCaller, from(kOwner), 400, kNow));
  EXPECT_TRUE(proofs_.named_tag(kCaller, from(kCaller), 400, kNow));
  EXPECT_TRUE(proofs_.may_answer(kCaller, answer(kCaller, kLarge), kNow));
}

TEST_F(CallerProofsTest, WhatComesFromElsewhereDrawsAFewTimesItsSize) {
  proofs_.began(kCaller, true, 0, kNow);
  std::size_t bytes = 0;
  proofs_.named_tag(kCaller, from(kOwner), 1'000, kNow);
  for (int i = 0; i < 20; ++i) {
    const auto one = answer(kOwner, 500);
    bytes += proofs_.may_answer(kCaller, one, kNow) ? one.bytes.size() : 0;
    bytes += proofs_.may_repeat(one, kNow) ? one.bytes.size() : 0;
  }
  EXPECT_GE(bytes, 3'000U) << "a caller who has moved is answered";
  EXPECT_LE(bytes, 3'000U + admission::ReplyBudget::kSmallReplyBytes);
}

}  // namespace
}  // namespace portico::signaling
