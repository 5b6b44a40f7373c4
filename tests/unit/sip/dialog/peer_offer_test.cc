// The peer's re-INVITE and UPDATE (RFC 3261 section 14.2, RFC 3311 section 5.2).
#include "sip/dialog/offer_exchange.h"
#include "sip/harness.h"

namespace portico::sip {
namespace {

using namespace testing;
using ::testing::ElementsAre;
using ::testing::Not;

struct PeerOfferTest : ::testing::Test, testing::Inbound {
  Out accept(Duration at, std::string sdp = "ours") {
    return ua.act(at, [&](TimePoint now, Actions& a) { return ua.agent.answer_offer(now, id, sdp, a); });
  }
  Out refuse(Duration at, int status) {
    return ua.act(
        at, [&](TimePoint now, Actions& a) { return ua.agent.refuse_offer(now, id, {.status = status}, a); });
  }
};

TEST_F(PeerOfferTest, ReinviteIsAnsweredAndRepeatedUntilAck) {
  establish();
  auto out = ua.feed(1s, alice.next("INVITE", "Contact: <sip:alice@198.51.100.99>\n", "hold"));
  ASSERT_THAT(out, Tells<Offer>());
  EXPECT_EQ(out.told<Offer>()->sdp, "hold");
  EXPECT_EQ(ua.agent.dialog(id)->remote_target, "sip:alice@198.51.100.99");
  EXPECT_EQ(body(accept(1s, "held").sent("SIP/2.0 200")), "held");
  EXPECT_THAT(ua.at(3s).times("SIP/2.0 200"), ElementsAre(1500ms, 2500ms));
  EXPECT_THAT(ua.feed(3s, alice.ack()), Tells<Acked>());
  EXPECT_THAT(ua.at(20s), Not(Sends("SIP/2.0 200")));
}

TEST_F(PeerOfferTest, ReinviteWithoutOfferAsksForOurs) {
  establish();
  EXPECT_EQ(ua.feed(1s, alice.next("INVITE")).told<Offer>()->sdp, "");
  EXPECT_EQ(body(accept(1s, "our offer").sent("SIP/2.0 200")), "our offer");
  EXPECT_EQ(ua.feed(2s, alice.ack("her answer")).told<Acked>()->sdp, "her answer");
}

TEST_F(PeerOfferTest, UpdateIsAnsweredOnce) {
  establish();
  EXPECT_EQ(ua.feed(1s, alice.next("UPDATE", {}, "new")).told<Offer>()->method, "UPDATE");
  EXPECT_EQ(body(accept(1s).sent("SIP/2.0 200")), "ours");
  EXPECT_THAT(ua.at(20s), SendsNothing());
}

TEST_F(PeerOfferTest, UpdateWithoutOfferIsAnsweredHere) {
  establish();
  const auto out = ua.feed(1s, alice.next("UPDATE", "Contact: <sip:alice@198.51.100.98>\n"));
  EXPECT_THAT(out, Sends("SIP/2.0 200"));
  EXPECT_THAT(out, Not(Tells<Offer>()));
  EXPECT_EQ(ua.agent.dialog(id)->remote_target, "sip:alice@198.51.100.98");
}

TEST_F(PeerOfferTest, RefusalLetsTheNextOneIn) {
  establish();
  ua.feed(1s, alice.next("INVITE", {}, "bad"));
  EXPECT_THAT(refuse(1s, 488), Sends("SIP/2.0 488"));
  ua.feed(1s, alice.same_branch("ACK"));
  EXPECT_THAT(ua.feed(2s, alice.next("INVITE", {}, "good")), Tells<Offer>());
}

TEST_F(PeerOfferTest, ASecondReinviteWhileOneWaitsGets500) {
  establish();
  ua.feed(1s, alice.next("INVITE", {}, "one"));
  const auto out = ua.feed(1s, alice.next("INVITE", {}, "two"));
  EXPECT_NE(header(out.sent("SIP/2.0 500"), "Retry-After"), "");
  EXPECT_THAT(ua.feed(1s, alice.next("UPDATE", {}, "three")), Sends("SIP/2.0 500"));
  EXPECT_THAT(accept(2s), Sends("SIP/2.0 200")) << "the first one still stands";
}

TEST_F(PeerOfferTest, GlareWithOursGets491) {
  establish();
  ua.act(1s, [&](TimePoint now, Actions& a) { return ua.agent.reinvite(now, id, "x", a); });
  EXPECT_THAT(ua.feed(1s, alice.next("INVITE", {}, "theirs")), Sends("SIP/2.0 491"));
  EXPECT_THAT(ua.feed(1s, alice.next("UPDATE", {}, "theirs")), Sends("SIP/2.0 491"));
  EXPECT_THAT(ua.feed(1s, alice.next("UPDATE")), Sends("SIP/2.0 200")) << "without offer there is no glare";
}

TEST_F(PeerOfferTest, ReinviteBeforeTheFirstFinalGets500) {
  invite();
  ring(0s);
  EXPECT_THAT(ua.feed(1s, alice.next("INVITE", {}, "x")), Sends("SIP/2.0 500"));
}

TEST_F(PeerOfferTest, UpdateBeforeWeAnsweredTheFirstOfferGets500) {
  invite();
  ring(0s);
  EXPECT_THAT(ua.feed(1s, alice.next("UPDATE", {}, "x")), Sends("SIP/2.0 500"));
}

TEST_F(PeerOfferTest, ReinviteThatOvertakesTheAckCountsAsAck) {
  invite();
  answer(0s);
  const auto out = ua.feed(100ms, alice.next("INVITE", {}, "x"));
  EXPECT_THAT(out, Tells<Acked>());
  EXPECT_THAT(out, Tells<Offer>());
  EXPECT_THAT(ua.at(10s), Not(Sends("SIP/2.0 200")));
}

TEST_F(PeerOfferTest, ReinviteBeforeTheAckWithTheAnswerGets491) {
  invite({}, "");
  answer(0s, "our offer");
  EXPECT_THAT(ua.feed(100ms, alice.next("INVITE", {}, "x")), Sends("SIP/2.0 491"));
}

TEST_F(PeerOfferTest, CancelOfAReinviteWithdrawsTheOfferAndKeepsTheCall) {
  establish();
  ua.feed(1s, alice.next("INVITE", {}, "x"));
  const auto out = ua.feed(2s, alice.same_branch("CANCEL"));
  EXPECT_THAT(out, Sends("SIP/2.0 487"));
  EXPECT_THAT(out, Sends("SIP/2.0 200"));
  EXPECT_THAT(out, Tells<OfferWithdrawn>());
  EXPECT_EQ(ua.agent.sessions(), 1U);
  ua.feed(2s, alice.same_branch("ACK"));
  EXPECT_THAT(ua.feed(3s, alice.next("INVITE", {}, "y")), Tells<Offer>());
}

TEST_F(PeerOfferTest, OtherBodiesGet415) {
  establish();
  const auto out = ua.feed(1s, alice.next("INVITE", "Content-Type: text/plain\n", "hello"));
  EXPECT_EQ(header(out.sent("SIP/2.0 415"), "Accept"), "application/sdp");
}

// RFC 3261 section 20.11, as with the first INVITE.
TEST_F(PeerOfferTest, BodiesThatMayBePassedOverAre) {
  establish();
  const std::string headers = "Content-Type: text/plain\nContent-Disposition: render;handling=optional\n";
  EXPECT_THAT(ua.feed(1s, alice.next("UPDATE", headers, "hello")), Sends("SIP/2.0 200"));
  const auto out = ua.feed(2s, alice.next("INVITE", headers, "hello"));
  ASSERT_THAT(out, Tells<Offer>());
  EXPECT_EQ(out.told<Offer>()->sdp, "");
}

TEST_F(PeerOfferTest, ATooShortIntervalGets422) {
  establish();
  const auto out = ua.feed(1s, alice.next("UPDATE", "Supported: timer\nSession-Expires: 30\n"));
  EXPECT_EQ(header(out.sent("SIP/2.0 422"), "Min-SE"), "90");
}

TEST_F(PeerOfferTest, AnUpdateThatNobodyAnswersIsWithdrawn) {
  establish();
  ua.feed(1s, alice.next("UPDATE", {}, "x"));
  EXPECT_THAT(ua.at(33s), Tells<OfferWithdrawn>());
  EXPECT_THAT(ua.feed(34s, alice.next("UPDATE", {}, "y")), Tells<Offer>());
}

}  // namespace
}  // namespace portico::sip
