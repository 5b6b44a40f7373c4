// The peer's BYE, INFO, REFER and others in a dialog.
#include "base/limits.h"
#include "sip/dialog/in_dialog.h"
#include "sip/harness.h"

namespace portico::sip {
namespace {

using namespace testing;
using ::testing::HasSubstr;
using ::testing::Not;

struct PeerRequestTest : ::testing::Test, testing::Inbound {};

TEST_F(PeerRequestTest, ByeEndsTheSessionAndSaysWhy) {
  establish();
  const auto bye_bytes = alice.next("BYE", "Reason: Q.850;cause=16;text=\"bye\"\n");
  auto out = ua.feed(1s, bye_bytes);
  EXPECT_THAT(out, Sends("SIP/2.0 200"));
  ASSERT_THAT(out, Tells<PeerBye>());
  EXPECT_EQ(out.told<PeerBye>()->reason, "Q.850;cause=16;text=\"bye\"");
  EXPECT_EQ(out.count<Terminated>(), 1U);
  EXPECT_EQ(ua.agent.sessions(), 0U);
  EXPECT_THAT(ua.feed(1500ms, bye_bytes), SendsTimes("SIP/2.0 200", 1)) << "from the transaction";
  ua.at(40s);
  EXPECT_TRUE(ua.idle());
}

TEST_F(PeerRequestTest, ByeInAnEarlyDialogEndsTheInviteToo) {
  invite();
  ring(0s);
  const auto out = ua.feed(1s, alice.next("BYE"));
  EXPECT_THAT(out, Sends("SIP/2.0 200"));
  EXPECT_THAT(out, Sends("SIP/2.0 487"));
  EXPECT_THAT(out, Tells<PeerBye>());
  EXPECT_THAT(out, Tells<Terminated>());
}

TEST_F(PeerRequestTest, ByeBeforeTheAckEndsTheRepetitions) {
  invite();
  answer(0s);
  EXPECT_THAT(ua.feed(100ms, alice.next("BYE")), Tells<Terminated>());
  EXPECT_THAT(ua.at(31s), SendsNothing());
}

TEST_F(PeerRequestTest, InfoIsAnsweredAndItsBodyComesUp) {
  establish();
  const auto out = ua.feed(
      1s, alice.next("INFO", "Content-Type: application/dtmf-relay\n", "Signal=5\r\nDuration=160\r\n"));
  EXPECT_THAT(out, Sends("SIP/2.0 200"));
  ASSERT_THAT(out, Tells<InfoReceived>());
  EXPECT_EQ(out.told<InfoReceived>()->body.type, "application/dtmf-relay");
  EXPECT_THAT(out.told<InfoReceived>()->body.bytes, HasSubstr("Signal=5"));
}

TEST_F(PeerRequestTest, ReferIsTheCallersToAnswer) {
  establish();
  auto out = ua.feed(1s, alice.next("REFER", "Refer-To: <sip:x@example.com>\n"));
  ASSERT_THAT(out, Tells<PeerRequest>());
  EXPECT_THAT(out, SendsNothing());
  const auto request = out.told<PeerRequest>()->request;
  EXPECT_EQ(out.told<PeerRequest>()->message.value("Refer-To"), "<sip:x@example.com>");
  const auto respond = [&](TimePoint now, Actions& a) {
    return ua.agent.respond(now, id, request, {.status = 603}, a);
  };
  EXPECT_THAT(ua.act(2s, respond), Sends("SIP/2.0 603 Decline"));
  EXPECT_THAT(ua.act(2s, respond), SendsNothing());
  EXPECT_EQ(ua.last_error.code, Code::not_found);
}

TEST_F(PeerRequestTest, OptionsIsAnsweredHereAndUnknownMethodsAreNotAllowed) {
  establish();
  EXPECT_THAT(header(ua.feed(1s, alice.next("OPTIONS")).sent("SIP/2.0 200"), "Allow"), HasSubstr("INVITE"));
  EXPECT_THAT(header(ua.feed(1s, alice.next("SUBSCRIBE")).sent("SIP/2.0 405"), "Allow"), HasSubstr("INVITE"));
  EXPECT_THAT(ua.feed(1s, alice.next("PUBLISH")), Sends("SIP/2.0 405"));
}

// Its owner keeps the connection of a call open: whichever request says that it is another one.
TEST_F(PeerRequestTest, OfWhicheverMethodTellsThatThePeerHasAnotherConnection) {
  testing::Inbound call({}, tcp_flow());
  call.alice.via = "SIP/2.0/TCP 198.51.100.7:5060";
  call.establish();
  auto flow = tcp_flow();
  for (const auto* method : {"UPDATE", "OPTIONS", "INFO", "NOTIFY", "PRACK", "MESSAGE", "INVITE"}) {
    ++flow.connection;
    EXPECT_EQ(call.ua.feed_from(1s, flow, call.alice.next(method)).count<Moved>(), 1U) << method;
    EXPECT_EQ(*call.ua.agent.flow(call.id), flow) << method;
    EXPECT_EQ(call.ua.feed_from(1s, flow, call.alice.next("OPTIONS")).count<Moved>(), 0U) << method;
  }
}

TEST_F(PeerRequestTest, NotifyWithoutReferGets481) {
  establish();
  EXPECT_THAT(ua.feed(1s, alice.next("NOTIFY", "Event: refer\n")), Sends("SIP/2.0 481"));
}

TEST_F(PeerRequestTest, PrackOutOfPlaceGets481) {
  establish();
  EXPECT_THAT(ua.feed(1s, alice.next("PRACK", "RAck: 1 1 INVITE\n")), Sends("SIP/2.0 481"));
}

TEST_F(PeerRequestTest, ManyUnansweredOnesGet503) {
  establish();
  for (int i = 0; i < 8; ++i) EXPECT_THAT(ua.feed(1s, alice.next("REFER")), Tells<PeerRequest>());
  EXPECT_THAT(ua.feed(1s, alice.next("REFER")), Sends("SIP/2.0 503"));
  const auto out = ua.feed(2s, alice.next("BYE"));
  EXPECT_THAT(out, SendsTimes("SIP/2.0 487", 8));
  EXPECT_THAT(out, Tells<Terminated>());
}

// One peer must not fill the table, nor the media's queue by re-INVITEs.
TEST_F(PeerRequestTest, BeyondTheirRateGet503AndNothingIsKept) {
  establish();
  const std::size_t rate = limits::kSipDialogRequestsPerSecondMax;
  for (std::size_t i = 0; i < rate; ++i) {
    ASSERT_THAT(ua.feed(1s, alice.next("INFO")), Sends("SIP/2.0 200")) << i;
  }
  const auto kept = ua.agent.transactions();
  for (const auto* method : {"INFO", "UPDATE", "INVITE", "OPTIONS", "PRACK"}) {
    const auto out = ua.feed(1s, alice.next(method));
    EXPECT_THAT(header(out.sent("SIP/2.0 503"), "To"), HasSubstr(";tag=" + alice.to_tag)) << method;
    EXPECT_TRUE(out.events.empty()) << method;
  }
  EXPECT_EQ(ua.agent.transactions(), kept);
  EXPECT_THAT(ua.feed(1020ms, alice.next("INFO")), Sends("SIP/2.0 200")) << "time makes room";
  EXPECT_THAT(ua.feed(1020ms, alice.next("INFO")), Sends("SIP/2.0 503"));
  EXPECT_THAT(ua.feed(1020ms, alice.next("BYE")), Tells<PeerBye>()) << "always";
}

// A BYE that ends nothing is a request like any other.
TEST_F(PeerRequestTest, ByesOutOfOrderAreHeldToTheRateToo) {
  establish();
  for (int i = 0; i < 60; ++i) {
    const auto out = ua.feed(1s, alice.request("BYE", 1, alice.next_branch()));
    EXPECT_TRUE(out.events.empty());
  }
  EXPECT_LE(ua.agent.transactions(), limits::kSipDialogRequestsPerSecondMax + 1);  // and the INVITE's
  EXPECT_THAT(ua.feed(1s, alice.next("BYE")), Tells<PeerBye>());
}

TEST_F(PeerRequestTest, AnswersFollowThePeerToItsNewAddress) {
  establish();
  Flow moved = ua.flow;
  moved.remote = *parse_endpoint("198.51.100.200:7000");
  const auto out = ua.feed_from(1s, moved, alice.next("INFO"));
  ASSERT_FALSE(out.sends.empty());
  EXPECT_EQ(out.sends.back().second.flow.remote, moved.remote);
  EXPECT_EQ(ua.agent.flow(id)->remote, moved.remote);
}

}  // namespace
}  // namespace portico::sip
