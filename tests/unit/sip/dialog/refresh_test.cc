// RFC 4028: refreshing, being refreshed, expiring.
#include "sip/dialog/refresh.h"

#include "sip/harness.h"

namespace portico::sip {
namespace {

using namespace testing;
using ::testing::Not;

constexpr auto kUasRefreshes =
    "Supported: timer\nAllow: INVITE, ACK, BYE, UPDATE\nSession-Expires: 600;refresher=uas\n";

TEST(Refresh, AsCalledSideByUpdate) {
  testing::Inbound call;
  const auto ok = call.establish(kUasRefreshes).sent("SIP/2.0 200");
  EXPECT_EQ(header(ok, "Session-Expires"), "600;refresher=uas");
  EXPECT_EQ(header(ok, "Require"), "timer");
  EXPECT_THAT(call.ua.at(299s), Not(Sends("UPDATE")));
  auto update = call.ua.at(300s).sent("UPDATE");
  EXPECT_EQ(header(update, "Session-Expires"), "600;refresher=uac");
  EXPECT_EQ(body(update), "");
  const auto headers = "Session-Expires: 600;refresher=uac\nContact: " + call.alice.contact + "\n";
  const auto out = call.ua.feed(300s, response_to(update, 200, {.headers = headers}));
  EXPECT_TRUE(out.events.empty());
  EXPECT_THAT(call.ua.at(600s), Sends("UPDATE"));
}

TEST(Refresh, AsCallingSideByReinviteWhereThePeerDoesNotTakeUpdate) {
  testing::Outbound call;
  call.establish("Allow: INVITE, ACK, BYE\nRequire: timer\nSession-Expires: 600;refresher=uac\n");
  const auto out = call.ua.at(300s);
  const auto reinvite = out.sent("INVITE");
  ASSERT_NE(reinvite, "");
  EXPECT_EQ(body(reinvite), "offer") << "the same session description once more";
  const auto done = call.ua.feed(
      301s, response_to(reinvite, 200, {.headers = "Session-Expires: 600;refresher=uac\n", .sdp = "answer"}));
  EXPECT_THAT(done, Sends("ACK"));
  ASSERT_EQ(done.events.size(), 1U);
  ASSERT_THAT(done, Tells<OfferAnswered>()) << "the peer's address or key may be another one";
  EXPECT_EQ(done.told<OfferAnswered>()->offer, "offer");
  EXPECT_EQ(done.told<OfferAnswered>()->sdp, "answer");
}

// RFC 3261 sections 21.4.6, 21.5.2: what was said of UPDATE does not hold all the way.
TEST(Refresh, ByReinviteWhereUpdateIsRefused) {
  for (const int status : {405, 488, 500, 501}) {
    testing::Inbound call;
    call.establish(kUasRefreshes);
    const auto update = call.ua.at(300s).sent("UPDATE");
    ASSERT_NE(update, "");
    call.ua.feed(300s, response_to(update, status, {}));
    const auto reinvite = call.ua.at(310s).sent("INVITE");
    ASSERT_NE(reinvite, "") << status;
    EXPECT_EQ(body(reinvite), "answer") << "the same session description once more";
    const auto headers = "Session-Expires: 600;refresher=uac\nContact: " + call.alice.contact + "\n";
    EXPECT_THAT(call.ua.feed(310s, response_to(reinvite, 200, {.headers = headers, .sdp = "again"})),
                Sends("ACK"));
    EXPECT_THAT(call.ua.at(600s), Not(Tells<SessionExpired>()));
  }
}

// RFC 3262 section 3: a reliable 1xx to it would be repeated until a PRACK that we do not send.
TEST(Refresh, SaysNothingOf100rel) {
  testing::Outbound call;
  call.establish("Allow: INVITE, ACK, BYE\nRequire: timer\nSession-Expires: 600;refresher=uac\n");
  EXPECT_EQ(header(call.sent_invite, "Supported"), "100rel, timer");
  EXPECT_EQ(header(call.ua.at(300s).sent("INVITE"), "Supported"), "timer");
  testing::Inbound called;
  called.establish(kUasRefreshes);
  EXPECT_EQ(header(called.ua.at(300s).sent("UPDATE"), "Supported"), "timer");
}

TEST(Refresh, ThePeersUpdateStartsTheTimeAnew) {
  testing::Inbound call;
  const auto ok = call.establish("Supported: timer\nSession-Expires: 600\n").sent("SIP/2.0 200");
  EXPECT_EQ(header(ok, "Session-Expires"), "600;refresher=uac");
  auto out =
      call.ua.feed(500s, call.alice.next("UPDATE", "Supported: timer\nSession-Expires: 600;refresher=uac\n"));
  EXPECT_EQ(header(out.sent("SIP/2.0 200"), "Session-Expires"), "600;refresher=uac");
  EXPECT_THAT(call.ua.at(1067s), Not(Tells<SessionExpired>()));
  out = call.ua.at(1068s);  // 500 + 600 - 32
  EXPECT_EQ(out.count<SessionExpired>(), 1U);
  EXPECT_THAT(call.bye(1068s), Sends("BYE"));
}

TEST(Refresh, ThePeersReinviteStartsTheTimeAnew) {
  testing::Inbound call;
  call.establish("Supported: timer\nSession-Expires: 600\n");
  call.ua.feed(500s,
               call.alice.next("INVITE", "Supported: timer\nSession-Expires: 600;refresher=uac\n", "offer"));
  auto out = call.ua.act(
      500s, [&](TimePoint now, Actions& a) { return call.ua.agent.answer_offer(now, call.id, "answer", a); });
  EXPECT_EQ(header(out.sent("SIP/2.0 200"), "Session-Expires"), "600;refresher=uac");
  call.ua.feed(500s, call.alice.ack());
  EXPECT_THAT(call.ua.at(1067s), Not(Tells<SessionExpired>()));
  EXPECT_THAT(call.ua.at(1068s), Tells<SessionExpired>());
}

TEST(Refresh, ThatIsNotAnsweredExpiresTheSession) {
  testing::Inbound call;
  call.establish(kUasRefreshes);
  EXPECT_THAT(call.ua.at(331s), Not(Tells<SessionExpired>()));
  EXPECT_THAT(call.ua.at(332s), Tells<SessionExpired>());
}

TEST(Refresh, ThatFindsNoDialogExpiresTheSession) {
  testing::Inbound call;
  call.establish(kUasRefreshes);
  const auto update = call.ua.at(300s).sent("UPDATE");
  EXPECT_THAT(call.ua.feed(300s, response_to(update, 481)), Tells<SessionExpired>());
}

TEST(Refresh, ThatIsRefusedForTheMomentIsTriedAgain) {
  testing::Inbound call;
  call.establish(kUasRefreshes);
  const auto update = call.ua.at(300s).sent("UPDATE");
  EXPECT_TRUE(call.ua.feed(300s, response_to(update, 491)).events.empty());
  EXPECT_THAT(call.ua.at(310s), Sends("UPDATE"));
}

TEST(Refresh, ThatGets503IsTriedAgainWhenItsSenderSaysSo) {
  testing::Inbound call;
  call.establish(kUasRefreshes);
  auto update = call.ua.at(300s).sent("UPDATE");
  EXPECT_TRUE(call.ua.feed(300s, response_to(update, 503)).events.empty());
  update = call.ua.at(310s).sent("UPDATE");
  EXPECT_TRUE(call.ua.feed(310s, response_to(update, 503, {.headers = "Retry-After: 60\n"})).events.empty());
  EXPECT_THAT(call.ua.at(369s), Not(Sends("UPDATE")));
  EXPECT_THAT(call.ua.at(370s), Sends("UPDATE"));
}

TEST(Refresh, IsTriedOnceMoreBeforeTheEndThoughRetryAfterIsLater) {
  testing::Inbound call;
  call.establish(kUasRefreshes);
  auto update = call.ua.at(300s).sent("UPDATE");
  call.ua.feed(300s, response_to(update, 503, {.headers = "Retry-After: 3600\n"}));
  EXPECT_THAT(call.ua.at(557s), Not(Sends("UPDATE")));
  update = call.ua.at(558s).sent("UPDATE");
  ASSERT_NE(update, "");
  const auto headers = "Session-Expires: 600;refresher=uac\nContact: " + call.alice.contact + "\n";
  call.ua.feed(558s, response_to(update, 200, {.headers = headers}));
  EXPECT_THAT(call.ua.at(857s), Not(Tells<SessionExpired>()));
  EXPECT_THAT(call.ua.at(858s), Sends("UPDATE"));
}

TEST(Refresh, ThatIsRefusedToTheEndExpiresTheSession) {
  testing::Inbound call;
  call.establish(kUasRefreshes);
  auto update = call.ua.at(300s).sent("UPDATE");
  call.ua.feed(300s, response_to(update, 503, {.headers = "Retry-After: 3600\n"}));
  update = call.ua.at(558s).sent("UPDATE");
  ASSERT_NE(update, "");
  call.ua.feed(558s, response_to(update, 503, {.headers = "Retry-After: 3600\n"}));
  const auto until = call.ua.at(567s);
  EXPECT_THAT(until, Not(Sends("UPDATE")));
  EXPECT_THAT(until, Not(Tells<SessionExpired>()));
  EXPECT_THAT(call.ua.at(568s), Tells<SessionExpired>());
}

TEST(Refresh, ThatCannotBeSentExpiresTheSession) {
  testing::Inbound call;
  call.establish(kUasRefreshes);
  call.ua.at(300s);
  Actions actions;
  call.ua.agent.on_transport_error(kStart + 301s, call.ua.flow, actions);
  ASSERT_EQ(actions.events.size(), 1U);
  EXPECT_TRUE(std::holds_alternative<SessionExpired>(actions.events[0]));
}

TEST(Refresh, Takes422AndAsksForLonger) {
  testing::Inbound call;
  call.establish(kUasRefreshes);
  const auto update = call.ua.at(300s).sent("UPDATE");
  const auto again =
      call.ua.feed(300s, response_to(update, 422, {.headers = "Min-SE: 1200\n"})).sent("UPDATE");
  EXPECT_EQ(header(again, "Session-Expires"), "1200;refresher=uac");
  EXPECT_EQ(header(again, "Min-SE"), "1200");
}

TEST(Refresh, KeepsToTheMinimumThatThePeersRequestsNamed) {
  testing::Inbound call;
  call.establish(std::string(kUasRefreshes) + "Min-SE: 300\n");
  const auto update = call.ua.at(300s).sent("UPDATE");
  EXPECT_EQ(header(update, "Session-Expires"), "600;refresher=uac");
  EXPECT_EQ(header(update, "Min-SE"), "300");
  call.ua.feed(300s, response_to(update, 200, {.headers = "Session-Expires: 100;refresher=uac\n"}));
  EXPECT_THAT(call.ua.at(449s), Not(Sends("UPDATE")));
  EXPECT_THAT(call.ua.at(450s), Sends("UPDATE"));
}

TEST(Refresh, AsksNothingOfPeersWithoutTimers) {
  testing::Inbound call;
  const auto ok = call.establish().sent("SIP/2.0 200");
  EXPECT_EQ(header(ok, "Session-Expires"), "");
  EXPECT_EQ(call.ua.at(24h).events.size(), 0U);
  EXPECT_EQ(call.ua.agent.sessions(), 1U);
}

TEST(Refresh, ADifferentRefresherIsTakenFromTheAnswer) {
  testing::Outbound call;
  call.establish("Session-Expires: 600;refresher=uas\n");
  EXPECT_THAT(call.ua.at(567s), Not(Tells<SessionExpired>()));
  EXPECT_THAT(call.ua.at(568s), Tells<SessionExpired>());
}

}  // namespace
}  // namespace portico::sip
