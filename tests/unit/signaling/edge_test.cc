#include "signaling/edge.h"

#include <gmock/gmock.h>

#include "allocations.h"

namespace portico::signaling {
namespace {

using ::testing::StartsWith;

Passed passed(const std::string& method, const std::string& uri,
              const std::string& to = "<sip:a@example.org>", const std::string& via = "203.0.113.9") {
  const sip::Flow flow{.remote = {.ip = IpAddress::v4(0xCB007109), .port = 40000}};
  return pass_edge(flow,
                   sip::parse_datagram(method + " " + uri + " SIP/2.0\r\nVia: SIP/2.0/UDP " + via +
                                       ";branch=z9hG4bK1\r\n"
                                       "From: <sip:b@example.net>;tag=1\r\nTo: " +
                                       to + "\r\nCall-ID: 1\r\nCSeq: 1 " + method +
                                       "\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n"),
                   "edge");
}

TEST(Edge, PassesWhatKeepsToTheGrammar) {
  const auto one = passed("OPTIONS", "sip:a@example.org");
  EXPECT_TRUE(one.message);
  EXPECT_EQ(one.reply.bytes, "");
}

TEST(Edge, AnswersWhatBreaksIt) {
  const auto one = passed("OPTIONS", "sip:a@example.org", "<sip:a@example.org");
  EXPECT_FALSE(one.message);
  EXPECT_THAT(one.reply.bytes, StartsWith("SIP/2.0 400 "));
}

// RFC 3261 section 18.2.2, RFC 3581 section 4: as all other answers.
TEST(Edge, AnswersToThePortOfTheViaUnlessTheSourcesIsAskedFor) {
  const auto port_of = [](const std::string& via) {
    return passed("OPTIONS", "sip:a@example.org", "<sip:a@example.org", via).reply.flow.remote.port;
  };
  EXPECT_EQ(port_of("203.0.113.9:5070"), 5070);
  EXPECT_EQ(port_of("203.0.113.9"), 5060);
  EXPECT_EQ(port_of("203.0.113.9:5070;rport"), 40000);
  EXPECT_EQ(passed("OPTIONS", "mailto:a@example.org", "<sip:a@example.org>", "203.0.113.9:5070")
                .reply.flow.remote.port,
            5070);
}

// What a flood of garbage is made of.
TEST(Edge, AsksForNoMemoryToCountWhatItDrops) {
  const sip::Flow flow{.remote = {.ip = IpAddress::v4(0xCB007109), .port = 5060}};
  const auto drop = [&] {
    auto parsed = sip::parse_datagram("nonsense\r\n\r\n");
    const auto before = test::allocations();
    const auto one = pass_edge(flow, std::move(parsed), "edge");
    EXPECT_FALSE(one.message);
    return test::allocations() - before;
  };
  drop();  // the counter is made
  EXPECT_EQ(drop(), 0U);
}

// Contract voice-applications.md 5.2: the source's rate comes before the scheme.
TEST(Edge, LeavesTheSchemeOfAnInviteToTheDoor) {
  EXPECT_TRUE(passed("INVITE", "mailto:a@example.org").message);
  EXPECT_THAT(passed("INVITE", "mailto:a@example.org", "<sip:a@example.org>;tag=2").reply.bytes,
              StartsWith("SIP/2.0 416 "));
  EXPECT_THAT(passed("OPTIONS", "mailto:a@example.org").reply.bytes, StartsWith("SIP/2.0 416 "));
  EXPECT_THAT(passed("INVITE", "sip:a@example.org?subject=x").reply.bytes, StartsWith("SIP/2.0 400 "));
}

}  // namespace
}  // namespace portico::signaling
