#include "signaling/edge.h"

#include <gtest/gtest.h>

#include "allocations.h"

namespace portico::signaling {
namespace {

std::string answer_of(const Passed& one) {
  return one.fault && one.answerable ? std::to_string(one.fault->status) : "";
}

Passed passed(const std::string& method, const std::string& uri,
              const std::string& to = "<sip:a@example.org>", const std::string& via = "203.0.113.9") {
  const sip::Flow flow{.remote = {.ip = IpAddress::v4(0xCB007109), .port = 40000}};
  return pass_edge(flow, sip::parse_datagram(method + " " + uri + " SIP/2.0\r\nVia: SIP/2.0/UDP " + via +
                                             ";branch=z9hG4bK1\r\n"
                                             "From: <sip:b@example.net>;tag=1\r\nTo: " +
                                             to + "\r\nCall-ID: 1\r\nCSeq: 1 " + method +
                                             "\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n"));
}

TEST(Edge, PassesWhatKeepsToTheGrammar) {
  const auto one = passed("OPTIONS", "sip:a@example.org");
  EXPECT_TRUE(one.message);
  EXPECT_FALSE(one.fault);
}

TEST(Edge, AnswersWhatBreaksIt) {
  EXPECT_EQ(answer_of(passed("OPTIONS", "sip:a@example.org", "<sip:a@example.org")), "400");
}

TEST(Edge, LeavesNothingOfAnAckThatBreaksIt) {
  EXPECT_FALSE(passed("ACK", "sip:a@example.org", "<sip:a@example.org").message);
}

TEST(Edge, LeavesAnInviteThatNobodyCanBeToldOfToItsApplication) {
  const sip::Flow flow{.remote = {.ip = IpAddress::v4(0xCB007109), .port = 40000}};
  const auto one = pass_edge(flow, sip::parse_datagram("INVITE sip:a@example.org SIP/2.0\r\nVia: x\r\n\r\n"));
  EXPECT_TRUE(one.message);
  EXPECT_TRUE(one.fault);
  EXPECT_FALSE(one.answerable);
}

// What a flood of garbage is made of.
TEST(Edge, AsksForNoMemoryToCountWhatItDrops) {
  const sip::Flow flow{.remote = {.ip = IpAddress::v4(0xCB007109), .port = 5060}};
  const auto drop = [&] {
    auto parsed = sip::parse_datagram("nonsense\r\n\r\n");
    const auto before = test::allocations();
    const auto one = pass_edge(flow, std::move(parsed));
    EXPECT_FALSE(one.message);
    return test::allocations() - before;
  };
  drop();  // the counter is made
  EXPECT_EQ(drop(), 0U);
}

// Contract voice-applications.md 5.2: the source's rate comes before the scheme.
TEST(Edge, LeavesTheSchemeOfAnInviteToTheDoor) {
  EXPECT_FALSE(passed("INVITE", "mailto:a@example.org").fault);
  EXPECT_EQ(answer_of(passed("INVITE", "mailto:a@example.org", "<sip:a@example.org>;tag=2")), "416");
  EXPECT_EQ(answer_of(passed("OPTIONS", "mailto:a@example.org")), "416");
  EXPECT_EQ(answer_of(passed("INVITE", "sip:a@example.org?subject=x")), "400");
}

}  // namespace
}  // namespace portico::signaling
