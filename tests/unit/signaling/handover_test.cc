#include "signaling/handover.h"

#include <gtest/gtest.h>

#include "sip/message/parse.h"

namespace portico::signaling {
namespace {

using What = Handover::What;

std::size_t fill(Handover& handover, What what) {
  std::size_t taken = 0;
  while (handover.take(1'000, what)) ++taken;
  return taken;
}

TEST(Handover, HasRoomForSoMuchAndNoMore) {
  Handover handover;
  const auto taken = fill(handover, What::other);
  EXPECT_NEAR(static_cast<double>(taken * (1'000 + Handover::kBytesEach)), limits::kSipHandoverBytesMax,
              2'000);
  EXPECT_FALSE(handover.take(0, What::other)) << "what is empty counts too";
  handover.give_back(1'000);
  EXPECT_TRUE(handover.take(1'000, What::other));
}

What what_of_request(const std::string& method, const std::string& to_tag) {
  return what_of(sip::parse_datagram(method +
                                     " sip:a@example.org SIP/2.0\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK-1\r\n"
                                     "From: <sip:b@example.org>;tag=1\r\nTo: <sip:a@example.org>" +
                                     to_tag + "\r\nCall-ID: a\r\nCSeq: 1 " + method +
                                     "\r\nContent-Length: 0\r\n\r\n")
                     .message);
}

TEST(Handover, ARequestWithoutAToTagIsOfNoCallThatIsThere) {
  for (const auto* const method : {"INVITE", "OPTIONS", "REGISTER", "MESSAGE", "SUBSCRIBE", "PUBLISH", "X"}) {
    EXPECT_EQ(what_of_request(method, ""), What::new_request) << method;
    EXPECT_EQ(what_of_request(method, ";tag=2"), What::other) << method;
  }
  for (const auto* const method : {"ACK", "CANCEL"}) EXPECT_EQ(what_of_request(method, ""), What::other);
}

TEST(Handover, AnswersAreOfCalls) {
  const auto answer = sip::parse_datagram(
      "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP h;branch=z9hG4bK-1\r\nFrom: <sip:b@example.org>;tag=1\r\n"
      "To: <sip:a@example.org>\r\nCall-ID: a\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(what_of(answer.message), What::other);
}

// A flood of INVITEs must not cost the calls that are there their BYE.
TEST(Handover, KeepsHalfOfTheRoomForCallsInProgress) {
  Handover handover;
  const auto strangers = fill(handover, What::new_request);
  EXPECT_FALSE(handover.take(1'000, What::new_request));
  const auto calls = fill(handover, What::other);
  EXPECT_NEAR(static_cast<double>(calls), static_cast<double>(strangers), 2);
}

}  // namespace
}  // namespace portico::signaling
