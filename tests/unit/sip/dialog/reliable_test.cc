// RFC 3262, both roles.
#include "sip/dialog/reliable.h"

#include "sip/harness.h"

namespace portico::sip {
namespace {

using namespace testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

std::string rack(const std::string& response, int cseq = 1) {
  return "RAck: " + header(response, "RSeq") + " " + std::to_string(cseq) + " INVITE\n";
}

struct ReliableUas : ::testing::Test, testing::Inbound {
  std::string ringing;
  void start(Ring how = {.status = 180, .reliable = true}, std::string headers = "Supported: 100rel\n",
             std::string sdp = "offer") {
    invite(std::move(headers), std::move(sdp));
    ringing = ring(0s, std::move(how)).sent("SIP/2.0 18");
  }
};

TEST_F(ReliableUas, RepeatsWithoutCapUntilPrack) {
  start();
  EXPECT_EQ(header(ringing, "Require"), "100rel");
  EXPECT_THAT(ua.at(8s).times("SIP/2.0 180"), ElementsAre(500ms, 1500ms, 3500ms, 7500ms));
  const auto out = ua.feed(8s, alice.next("PRACK", rack(ringing)));
  EXPECT_THAT(out, Sends("SIP/2.0 200"));
  EXPECT_EQ(header(out.sent("SIP/2.0 200"), "CSeq"), "2 PRACK");
  EXPECT_THAT(ua.at(59s), SendsNothing());
}

TEST_F(ReliableUas, GivesTheInviteUpWithoutPrack) {
  start();
  EXPECT_THAT(ua.at(31999ms), SendsTimes("SIP/2.0 180", 6));
  const auto out = ua.at(32s);
  EXPECT_THAT(out, Sends("SIP/2.0 504"));
  EXPECT_THAT(out, Tells<ProvisionalTimeout>());
  EXPECT_THAT(out, Tells<Terminated>());
}

TEST_F(ReliableUas, Answers481ToAPrackForSomethingElse) {
  start();
  EXPECT_THAT(ua.feed(1s, alice.next("PRACK", "RAck: 1 1 INVITE\n")), Sends("SIP/2.0 481"));
  EXPECT_THAT(ua.feed(1s, alice.next("PRACK", rack(ringing, 7))), Sends("SIP/2.0 481"));
  EXPECT_THAT(ua.feed(1s, alice.next("PRACK")), Sends("SIP/2.0 400"));
  EXPECT_THAT(ua.feed(1s, alice.next("PRACK", rack(ringing))), Sends("SIP/2.0 200"));
  EXPECT_THAT(ua.feed(1s, alice.next("PRACK", rack(ringing))), Sends("SIP/2.0 481"));
}

TEST_F(ReliableUas, SendsOneAtATimeWithGrowingRseq) {
  start();
  EXPECT_THAT(ring(100ms, {.status = 183, .reliable = true}), SendsNothing());
  const auto out = ua.feed(200ms, alice.next("PRACK", rack(ringing)));
  const auto second = out.sent("SIP/2.0 183");
  ASSERT_NE(second, "");
  EXPECT_EQ(std::stoul(header(second, "RSeq")), std::stoul(header(ringing, "RSeq")) + 1);
}

// RFC 3261 section 13.2.1, RFC 3262 section 5.
TEST_F(ReliableUas, BearsOurOfferWhereTheInviteHasNone) {
  for (const bool required : {true, false}) {
    testing::Inbound call;
    call.invite(required ? "Require: 100rel\n" : "Supported: 100rel\n", "");
    const auto plain = call.ring(0s, {.reliable = true}).sent("SIP/2.0 180");
    EXPECT_EQ(call.ua.last_ok, !required) << "a plain one is allowed where 100rel is not required";
    EXPECT_EQ(plain.empty(), required);
    EXPECT_EQ(header(plain, "RSeq"), "");
    const auto offer = call.ring(1s, {.status = 183, .sdp = "ours", .reliable = true}).sent("SIP/2.0 183");
    EXPECT_EQ(header(offer, "Require"), "100rel");
    EXPECT_EQ(body(offer), "ours");
  }
}

TEST_F(ReliableUas, HoldsThe2xxWhileAnAnswerIn1xxWaitsForPrack) {
  start({.status = 183, .sdp = "answer", .reliable = true});
  EXPECT_THAT(answer(100ms, ""), SendsNothing());
  const auto out = ua.feed(200ms, alice.next("PRACK", rack(ringing)));
  EXPECT_THAT(out, SendsTimes("SIP/2.0 200", 2));
  const auto ok = out.sends.back().second.bytes;
  EXPECT_EQ(header(ok, "CSeq"), "1 INVITE");
  EXPECT_EQ(body(ok), "") << "the answer is given already";
}

TEST_F(ReliableUas, A2xxMayOvertakeAPrackThatCarriesNothing) {
  start();
  EXPECT_THAT(answer(100ms), SendsTimes("SIP/2.0 200", 1));
  EXPECT_THAT(ua.feed(200ms, alice.next("PRACK", rack(ringing))), Sends("SIP/2.0 200"));
  EXPECT_THAT(ua.at(400ms), Not(Sends("SIP/2.0 180")));
}

TEST_F(ReliableUas, APrackThatComesAfterTheAckIsStillTaken) {
  start();
  answer(100ms);
  EXPECT_THAT(ua.feed(200ms, alice.ack()), Tells<Acked>());
  const auto prack = rack(ringing);
  EXPECT_THAT(ua.feed(300ms, alice.next("PRACK", prack)), Sends("SIP/2.0 200"));
  EXPECT_THAT(ua.feed(400ms, alice.next("PRACK", prack)), Sends("SIP/2.0 481"));
}

// RFC 3261 section 13.3.1.1: or a proxy on the way ends a call that rings for long.
TEST_F(ReliableUas, RingsAnewEachMinute) {
  start({.status = 183, .sdp = "answer", .reliable = true});
  ua.feed(1s, alice.next("PRACK", rack(ringing)));
  auto out = ua.at(61s);
  EXPECT_THAT(out.times("SIP/2.0 183"), ElementsAre(61s));
  const auto again = out.sent("SIP/2.0 183");
  EXPECT_EQ(std::stoul(header(again, "RSeq")), std::stoul(header(ringing, "RSeq")) + 1);
  EXPECT_EQ(body(again), "") << "the answer is given already";
  ua.feed(61100ms, alice.next("PRACK", rack(again)));
  EXPECT_THAT(ua.at(130s).times("SIP/2.0 183"),
              ElementsAre(121100ms, 121600ms, 122600ms, 124600ms, 128600ms));
}

TEST_F(ReliableUas, OffersIn1xxAndTakesTheAnswerFromPrack) {
  start({.status = 183, .sdp = "our offer", .reliable = true}, "Supported: 100rel\n", "");
  EXPECT_EQ(body(ringing), "our offer");
  const auto out = ua.feed(1s, alice.next("PRACK", rack(ringing), "her answer"));
  ASSERT_THAT(out, Tells<OfferAnswered>());
  EXPECT_EQ(out.told<OfferAnswered>()->sdp, "her answer");
  EXPECT_EQ(body(answer(2s, "").sent("SIP/2.0 200")), "");
}

TEST_F(ReliableUas, TakesANewOfferFromPrack) {
  start({.status = 183, .sdp = "answer", .reliable = true});
  auto out = ua.feed(1s, alice.next("PRACK", rack(ringing), "second offer"));
  ASSERT_THAT(out, Tells<Offer>());
  EXPECT_EQ(out.told<Offer>()->method, "PRACK");
  EXPECT_THAT(out, Not(Sends("SIP/2.0 200")));
  out = ua.act(2s,
               [&](TimePoint now, Actions& a) { return ua.agent.answer_offer(now, id, "second answer", a); });
  EXPECT_EQ(body(out.sent("SIP/2.0 200")), "second answer");
  EXPECT_EQ(header(out.sent("SIP/2.0 200"), "CSeq"), "2 PRACK");
}

TEST_F(ReliableUas, IsReliableWhereThePeerRequiresItAndPlainWhereItCannot) {
  start({.status = 180}, "Require: 100rel\n");
  EXPECT_NE(header(ringing, "RSeq"), "");
  testing::Inbound plain;
  plain.invite();
  EXPECT_EQ(header(plain.ring(0s, {.status = 180, .reliable = true}).sent("SIP/2.0 180"), "RSeq"), "");
}

struct ReliableUac : ::testing::Test, testing::Outbound {
  static ResponseOptions reliable(int rseq, std::string sdp = {}) {
    return {.headers = "Require: 100rel\nRSeq: " + std::to_string(rseq) + "\n", .sdp = std::move(sdp)};
  }
};

TEST_F(ReliableUac, AcknowledgesWithPrack) {
  invite();
  EXPECT_THAT(header(sent_invite, "Supported"), HasSubstr("100rel"));
  const auto out = respond(1s, 183, reliable(77, "answer"));
  const auto prack = out.sent("PRACK sip:bob@198.51.100.7 SIP/2.0");
  EXPECT_EQ(header(prack, "RAck"), "77 " + header(sent_invite, "CSeq"));
  ASSERT_THAT(out, Tells<Progress>());
  EXPECT_TRUE(out.told<Progress>()->reliable);
  EXPECT_EQ(out.told<Progress>()->sdp, "answer");
  EXPECT_THAT(ua.feed(1s, response_to(prack, 200)), SendsNothing());
  EXPECT_THAT(ua.at(10s), Not(Sends("PRACK")));
}

TEST_F(ReliableUac, RepeatsPrackUntilItIsAnswered) {
  invite();
  respond(0s, 180, reliable(5));
  EXPECT_THAT(ua.at(4s).times("PRACK"), ElementsAre(500ms, 1500ms, 3500ms));
}

TEST_F(ReliableUac, IgnoresRepetitionsAndGaps) {
  invite();
  respond(0s, 180, reliable(5));
  auto out = respond(0s, 180, reliable(5));
  EXPECT_THAT(out, SendsNothing());
  EXPECT_THAT(out, Not(Tells<Progress>()));
  EXPECT_THAT(respond(0s, 183, reliable(7)), SendsNothing());
  EXPECT_THAT(respond(0s, 183, reliable(6)), Sends("PRACK"));
}

TEST_F(ReliableUac, AnswersAnOfferIn1xxWithPrack) {
  invite(0s, "");
  auto out = respond(0s, 183, reliable(5, "bob's offer"));
  ASSERT_THAT(out, Tells<Progress>());
  EXPECT_TRUE(out.told<Progress>()->needs_answer);
  EXPECT_THAT(out, Not(Sends("PRACK")));
  out = act(1s, [&](TimePoint now, Actions& a) { return ua.agent.answer_offer(now, id, "our answer", a); });
  EXPECT_EQ(body(out.sent("PRACK")), "our answer");
  out = respond(2s, 200);
  ASSERT_THAT(out, Tells<Answered>());
  EXPECT_FALSE(out.told<Answered>()->needs_answer);
  EXPECT_THAT(out, Sends("ACK"));
}

}  // namespace
}  // namespace portico::sip
