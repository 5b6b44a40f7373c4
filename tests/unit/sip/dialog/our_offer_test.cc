// Our re-INVITE and UPDATE: answered, refused, glare, challenged.
#include "sip/dialog/offer_exchange.h"
#include "sip/dialog/open_dialog.h"
#include "sip/harness.h"

namespace portico::sip {
namespace {

using namespace testing;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

struct OurOfferTest : ::testing::Test, testing::Outbound {
  Out reinvite(Duration at, std::string sdp = "hold") {
    return act(at, [&](TimePoint now, Actions& a) { return ua.agent.reinvite(now, id, sdp, a); });
  }
  Out update(Duration at, std::string sdp = "hold") {
    return act(at, [&](TimePoint now, Actions& a) { return ua.agent.update(now, id, sdp, a); });
  }
};

TEST_F(OurOfferTest, ReinviteIsAnsweredAcknowledgedAndMovesTheTarget) {
  establish();
  const auto sent = reinvite(1s).sent("INVITE sip:bob@198.51.100.7 SIP/2.0");
  EXPECT_THAT(header(sent, "To"), HasSubstr(";tag=peer"));
  EXPECT_EQ(body(sent), "hold");
  auto out =
      ua.feed(2s, response_to(sent, 200, {.headers = "Contact: <sip:moved@198.51.100.9>\n", .sdp = "held"}));
  ASSERT_THAT(out, Tells<OfferAnswered>());
  EXPECT_EQ(out.told<OfferAnswered>()->method, "INVITE");
  EXPECT_EQ(out.told<OfferAnswered>()->sdp, "held");
  EXPECT_THAT(out, Sends("ACK sip:moved@198.51.100.9"));
  EXPECT_EQ(ua.feed(3s, response_to(sent, 200, {.sdp = "held"})).sent("ACK"), out.sent("ACK"));
  EXPECT_THAT(reinvite(4s), Sends("INVITE sip:moved@198.51.100.9"));
}

TEST_F(OurOfferTest, UpdateIsAnswered) {
  establish();
  const auto sent = update(1s).sent("UPDATE");
  EXPECT_EQ(body(sent), "hold");
  const auto out = ua.feed(2s, response_to(sent, 200, {.sdp = "held"}));
  EXPECT_EQ(out.told<OfferAnswered>()->method, "UPDATE");
  EXPECT_THAT(out, Not(Sends("ACK")));
}

TEST_F(OurOfferTest, RefusalLeavesTheSessionAsItWas) {
  establish();
  const auto sent = reinvite(1s).sent("INVITE");
  const auto out = ua.feed(2s, response_to(sent, 488, {.headers = "Retry-After: 7\n"}));
  ASSERT_THAT(out, Tells<OfferRefused>());
  EXPECT_EQ(out.told<OfferRefused>()->status, 488);
  EXPECT_EQ(out.told<OfferRefused>()->retry_after, std::chrono::seconds(7));
  EXPECT_THAT(out, Sends("ACK"));
  EXPECT_THAT(reinvite(3s), Sends("INVITE"));
}

// RFC 3261 section 12.2.1.2.
TEST_F(OurOfferTest, SilenceIsA408AndEndsTheSession) {
  establish();
  update(1s);
  const auto out = ua.at(33s);
  ASSERT_THAT(out, Tells<OfferRefused>());
  EXPECT_EQ(out.told<OfferRefused>()->status, 408);
  EXPECT_EQ(out.count<SessionExpired>(), 1U);
}

TEST_F(OurOfferTest, APeerThatHasTheSessionNoMoreEndsIt) {
  establish();
  for (const int status : {408, 481}) {
    const auto out = ua.feed(2s, response_to(reinvite(1s).sent("INVITE"), status));
    EXPECT_THAT(out, Tells<OfferRefused>());
    EXPECT_THAT(out, Tells<SessionExpired>()) << status;
  }
  for (const int status : {403, 488, 500, 603}) {
    const auto out = ua.feed(2s, response_to(reinvite(1s).sent("INVITE"), status));
    EXPECT_THAT(out, Tells<OfferRefused>());
    EXPECT_THAT(out, Not(Tells<SessionExpired>())) << status;
  }
}

TEST_F(OurOfferTest, GlareIsTriedAgainLaterByTheOwnerOfTheCallId) {
  establish();
  const auto sent = reinvite(1s).sent("INVITE");
  auto out = ua.feed(1s, response_to(sent, 491));
  EXPECT_THAT(out, Not(Tells<OfferRefused>()));
  out = ua.at(10s);
  ASSERT_THAT(out, Sends("INVITE"));
  const auto when = out.times("INVITE").front();
  EXPECT_GE(when, 1s + 2100ms);
  EXPECT_LE(when, 1s + 4000ms);
  EXPECT_EQ(body(out.sent("INVITE")), "hold");
  EXPECT_GT(std::stoi(header(out.sent("INVITE"), "CSeq")), std::stoi(header(sent, "CSeq")));
}

TEST(OurOffer, GlareIsTriedAgainSoonerByTheOtherSide) {
  testing::Inbound call;
  call.establish();
  auto out = call.ua.act(
      1s, [&](TimePoint now, Actions& a) { return call.ua.agent.reinvite(now, call.id, "x", a); });
  call.ua.feed(1s, response_to(out.sent("INVITE"), 491));
  EXPECT_LE(call.ua.at(10s).times("INVITE").front(), 3s);
}

TEST_F(OurOfferTest, GlareIsGivenUpAfterSomeTries) {
  establish();
  std::string sent = reinvite(1s).sent("INVITE");
  Out out;
  for (int i = 0; i < 10 && !out.told<OfferRefused>(); ++i) {
    out = ua.feed(1s + i * 10s, response_to(sent, 491));
    sent = ua.at(1s + i * 10s + 5s).sent("INVITE");
  }
  ASSERT_THAT(out, Tells<OfferRefused>());
  EXPECT_EQ(out.told<OfferRefused>()->status, 491);
}

TEST_F(OurOfferTest, ThePeersOfferIsTakenWhileOursWaitsAfterGlare) {
  establish();
  ua.feed(1s, response_to(reinvite(1s).sent("INVITE"), 491));
  EXPECT_THAT(ua.feed(2s, request("INVITE", 1, {}, "theirs")), Tells<Offer>());
  EXPECT_THAT(ua.at(10s), Not(Sends("INVITE"))) << "not while theirs waits";
  auto out = act(10s, [&](TimePoint now, Actions& a) { return ua.agent.answer_offer(now, id, "ok", a); });
  EXPECT_THAT(out, Sends("SIP/2.0 200"));
  ua.feed(10s, request("ACK", 1));
  EXPECT_THAT(ua.at(20s), Sends("INVITE"));
}

TEST(OurOffer, ARefreshThatWaitsAfterGlareRepeatsWhatHoldsByThen) {
  testing::Outbound call;
  call.establish("Allow: INVITE, ACK, BYE\nRequire: timer\nSession-Expires: 600;refresher=uac\n");
  const auto refresh = call.ua.at(300s).sent("INVITE");
  EXPECT_EQ(body(refresh), "offer");
  call.ua.feed(300s, response_to(refresh, 491));
  EXPECT_THAT(call.ua.feed(301s, call.request("INVITE", 1, {}, "hold")), Tells<Offer>());
  call.act(301s,
           [&](TimePoint now, Actions& a) { return call.ua.agent.answer_offer(now, call.id, "held", a); });
  call.ua.feed(301s, call.request("ACK", 1));
  EXPECT_EQ(body(call.ua.at(310s).sent("INVITE")), "held");
}

// A second try that the table has no room for: the peer's own offer must not be taken for glare after it.
TEST(OurOffer, ThatCannotBeSentAgainIsOutNoMore) {
  SeededRandomness random{1};
  Agent agent({}, random);
  const auto opened = open_dialog(agent);
  ASSERT_TRUE(opened);
  Session& session = **opened;
  Actions out;
  Turn turn{kStart, out};
  ASSERT_TRUE(make_offer(agent, turn, session, {.method = Method::invite, .sdp = "ours"}));
  const std::string sent = out.sends.at(0).bytes;
  std::vector<Send> others;
  TxId other{};
  while (auto tx =
             agent.table.request(kStart, udp_flow(), "OPTIONS", agent.table.new_branch(), "x", 0, others)) {
    other = *tx;
    others.clear();
  }
  on_offer_response(agent, turn, session, parsed(response_to(sent, 422, {.headers = "Min-SE: 1200\n"})));
  EXPECT_EQ(session.offers, OfferState::idle);
  EXPECT_FALSE(session.our_offer);
  agent.table.drop(other);
  out.events.clear();
  const auto theirs = parsed(Caller{.to_tag = "us"}.request("INVITE", 1, "z9hG4bK-a1", {}, "theirs"));
  const Flow flow = udp_flow();
  on_reinvite(agent, turn, session, {flow, theirs});
  ASSERT_EQ(out.events.size(), 1U);
  EXPECT_TRUE(std::holds_alternative<Offer>(out.events[0]));
}

TEST_F(OurOfferTest, OneAtATime) {
  establish();
  reinvite(1s);
  EXPECT_THAT(update(1s), SendsNothing());
  EXPECT_EQ(ua.last_error.code, Code::conflict);
}

TEST_F(OurOfferTest, UpdateIsNotSentToWhoDoesNotTakeIt) {
  establish("Allow: INVITE, ACK, BYE\n");
  update(1s);
  EXPECT_EQ(ua.last_error.code, Code::unsupported);
}

TEST_F(OurOfferTest, UpdateInAnEarlyDialogWaitsForTheFirstAnswer) {
  invite();
  respond(0s, 180);
  update(1s);
  EXPECT_EQ(ua.last_error.code, Code::conflict);
  respond(2s, 183, {.headers = "Require: 100rel\nRSeq: 1\nAllow: UPDATE\n", .sdp = "answer"});
  EXPECT_THAT(update(3s), Sends("UPDATE"));
}

TEST_F(OurOfferTest, SendsAChallengedReinviteAgain) {
  establish();
  auto out = ua.feed(1s, response_to(reinvite(1s).sent("INVITE"), 407));
  ASSERT_THAT(out, Tells<Challenged>());
  out = act(2s, [&](TimePoint now, Actions& a) {
    return ua.agent.retry_with(now, id, {{"Proxy-Authorization", "Digest y"}}, a);
  });
  EXPECT_EQ(header(out.sent("INVITE"), "Proxy-Authorization"), "Digest y");
  EXPECT_THAT(ua.feed(3s, response_to(out.sent("INVITE"), 200, {.sdp = "held"})), Tells<OfferAnswered>());
}

TEST_F(OurOfferTest, PrefersAStrictRouteAsTheDialogSays) {
  invite();
  respond(0s, 200,
          {.headers = "Record-Route: <sip:far.example.com;lr>\nRecord-Route: <sip:strict.example.com>\n",
           .sdp = "answer"});
  const auto sent = reinvite(1s).sent("INVITE");
  EXPECT_THAT(sent, StartsWith("INVITE sip:strict.example.com SIP/2.0\r\n"));
  EXPECT_THAT(sent, HasSubstr("Route: <sip:far.example.com;lr>\r\nRoute: <sip:bob@198.51.100.7>\r\n"));
}

// RFC 3261 section 14.1.
TEST(OurOffer, WaitsForTheAckOfThePeersReinvite) {
  testing::Inbound call;
  call.establish("Allow: INVITE, ACK, BYE\n");
  const auto reinvite = [&](Duration at) {
    return call.ua.act(
        at, [&](TimePoint now, Actions& a) { return call.ua.agent.reinvite(now, call.id, "ours", a); });
  };
  call.ua.feed(1s, call.alice.next("INVITE", {}, "theirs"));
  call.ua.act(
      1s, [&](TimePoint now, Actions& a) { return call.ua.agent.answer_offer(now, call.id, "answer", a); });
  EXPECT_THAT(reinvite(1s), Not(Sends("INVITE")));
  EXPECT_EQ(call.ua.last_error.code, Code::conflict);
  call.ua.feed(1s, call.alice.ack());
  EXPECT_THAT(reinvite(1s), Sends("INVITE"));
}

TEST_F(OurOfferTest, ThatWasChallengedWaitsForThePeersOfferThatCameMeanwhile) {
  establish();
  ua.feed(2s, response_to(reinvite(1s).sent("INVITE"), 407));
  ua.feed(2s, request("INVITE", 1, {}, "theirs"));
  EXPECT_THAT(act(2s, [&](TimePoint now, Actions& a) { return ua.agent.retry_with(now, id, {}, a); }),
              SendsNothing());
  ASSERT_TRUE(ua.last_ok);
  act(2s, [&](TimePoint now, Actions& a) { return ua.agent.answer_offer(now, id, "answer", a); });
  ua.feed(2s, request("ACK", 1));
  EXPECT_EQ(body(ua.at(7s).sent("INVITE")), "hold");
}

}  // namespace
}  // namespace portico::sip
