// BYE, REFER and other requests of ours in a dialog.
#include "base/limits.h"
#include "sip/dialog/in_dialog.h"
#include "sip/dialog/open_dialog.h"
#include "sip/harness.h"

namespace portico::sip {
namespace {

using namespace testing;
using ::testing::Not;

struct OurRequestTest : ::testing::Test, testing::Inbound {
  RequestId request_id = RequestId::none;
  Out send(Duration at, OutgoingRequest request) {
    return ua.act(at, [&](TimePoint now, Actions& a) {
      auto sent = ua.agent.send_request(now, id, request, a);
      if (sent) request_id = *sent;
      return sent;
    });
  }
};

TEST_F(OurRequestTest, ReferIsAnsweredAndItsNotifiesComeUp) {
  establish();
  const auto refer =
      send(1s, {.method = "REFER", .headers = {{"Refer-To", "<sip:desk@pbx.example.net>"}}}).sent("REFER");
  EXPECT_EQ(header(refer, "Refer-To"), "<sip:desk@pbx.example.net>");
  EXPECT_NE(header(refer, "Contact"), "");
  auto out = ua.feed(1s, response_to(refer, 202));
  ASSERT_THAT(out, Tells<RequestAnswered>());
  EXPECT_EQ(out.told<RequestAnswered>()->status, 202);
  EXPECT_EQ(out.told<RequestAnswered>()->request, request_id);
  out = ua.feed(
      2s, alice.next("NOTIFY", "Event: refer\nSubscription-State: active\nContent-Type: message/sipfrag\n",
                     "SIP/2.0 100 Trying"));
  EXPECT_THAT(out, Sends("SIP/2.0 200"));
  ASSERT_THAT(out, Tells<NotifyReceived>());
  EXPECT_EQ(out.told<NotifyReceived>()->event, "refer");
  EXPECT_EQ(out.told<NotifyReceived>()->subscription_state, "active");
  EXPECT_EQ(out.told<NotifyReceived>()->body.bytes, "SIP/2.0 100 Trying");
}

TEST_F(OurRequestTest, SilenceIsA408) {
  establish();
  send(1s, {.method = "INFO", .body = {"application/dtmf-relay", "Signal=1"}});
  const auto out = ua.at(33s);
  ASSERT_THAT(out, Tells<RequestAnswered>());
  EXPECT_EQ(out.told<RequestAnswered>()->status, 408);
}

TEST_F(OurRequestTest, ABrokenConnectionIsA503) {
  establish();
  send(1s, {.method = "OPTIONS"});
  Actions actions;
  ua.agent.on_transport_error(kStart + 1s, ua.flow, actions);
  EXPECT_EQ(std::get<RequestAnswered>(actions.events.at(0)).status, 503);
}

TEST_F(OurRequestTest, ChallengedByeIsSentAgain) {
  establish();
  auto out = ua.feed(1s, response_to(bye(1s, "SIP;cause=200").sent("BYE"), 407));
  ASSERT_THAT(out, Tells<Challenged>());
  EXPECT_EQ(out.told<Challenged>()->method, "BYE");
  out = ua.act(1s, [&](TimePoint now, Actions& a) {
    return ua.agent.retry_with(now, id, {{"Proxy-Authorization", "Digest z"}}, a);
  });
  const auto again = out.sent("BYE");
  EXPECT_EQ(header(again, "Proxy-Authorization"), "Digest z");
  EXPECT_EQ(header(again, "Reason"), "SIP;cause=200");
  EXPECT_THAT(ua.feed(2s, response_to(again, 407)), Tells<Terminated>()) << "once is enough";
}

TEST_F(OurRequestTest, ByeEndsWithAnyFinalOrNone) {
  for (const int status : {200, 481, 500}) {
    testing::Inbound call;
    call.establish();
    const auto sent = call.bye(1s).sent("BYE");
    EXPECT_THAT(call.ua.feed(2s, response_to(sent, status)), Tells<Terminated>()) << status;
  }
  testing::Inbound silent;
  silent.establish();
  silent.bye(1s);
  EXPECT_THAT(silent.ua.at(33s), Tells<Terminated>());
  silent.ua.at(60s);
  EXPECT_TRUE(silent.ua.idle());
}

TEST_F(OurRequestTest, ByesThatCrossAreBothAnswered) {
  establish();
  const auto ours = bye(1s).sent("BYE");
  auto out = ua.feed(1s, alice.next("BYE"));
  EXPECT_THAT(out, Sends("SIP/2.0 200"));
  EXPECT_THAT(out, Not(Tells<Terminated>()));
  EXPECT_EQ(ua.feed(2s, response_to(ours, 481)).count<Terminated>(), 1U);
}

TEST_F(OurRequestTest, ByeTakesWhatIsUnderWayWithIt) {
  establish();
  ua.feed(1s, alice.next("INVITE", {}, "x"));
  const auto out = bye(1s);
  EXPECT_THAT(out, Sends("SIP/2.0 487"));
  EXPECT_THAT(out, Sends("BYE"));
  EXPECT_THAT(ua.feed(2s, alice.next("INFO")), Sends("SIP/2.0 481"));
}

TEST_F(OurRequestTest, RefusesMethodsThatHaveTheirOwnCallAndTooMany) {
  establish();
  for (const auto* method : {"INVITE", "BYE", "ACK", "CANCEL", "PRACK", "UPDATE", ""}) {
    send(1s, {.method = method});
    EXPECT_EQ(ua.last_error.code, Code::invalid) << method;
  }
  for (int i = 0; i < 8; ++i) send(1s, {.method = "INFO"});
  EXPECT_TRUE(ua.last_ok);
  send(1s, {.method = "INFO"});
  EXPECT_EQ(ua.last_error.code, Code::busy);
}

TEST_F(OurRequestTest, AReinviteUnderWayDoesNotOutliveTheCall) {
  establish();
  auto out = ua.act(1s, [&](TimePoint now, Actions& a) { return ua.agent.reinvite(now, id, "x", a); });
  ua.feed(1s, response_to(out.sent("INVITE"), 100));
  const auto bye_sent = bye(2s).sent("BYE");
  EXPECT_THAT(ua.feed(3s, response_to(bye_sent, 200)), Tells<Terminated>());
  ua.at(40s);
  EXPECT_TRUE(ua.idle());
}

TEST_F(OurRequestTest, AReinviteThatGets100AfterOurByeDoesNotOutliveTheCall) {
  establish();
  const auto reinvite =
      ua.act(1s, [&](TimePoint now, Actions& a) { return ua.agent.reinvite(now, id, "x", a); });
  const auto bye_sent = bye(2s).sent("BYE");
  ua.feed(3s, response_to(reinvite.sent("INVITE"), 100));
  EXPECT_THAT(ua.feed(3s, response_to(bye_sent, 200)), Tells<Terminated>());
  ua.at(40s);
  EXPECT_TRUE(ua.idle());
}

TEST_F(OurRequestTest, AReinviteUnderWayDoesNotOutliveACallThatThePeerEnds) {
  for (const Duration answered : {1s, 4s}) {  // before the peer's BYE, and after it
    testing::Inbound call;
    call.establish();
    const auto reinvite = call.ua.act(
        1s, [&](TimePoint now, Actions& a) { return call.ua.agent.reinvite(now, call.id, "x", a); });
    if (answered == 1s) call.ua.feed(1s, response_to(reinvite.sent("INVITE"), 100));
    EXPECT_THAT(call.ua.feed(3s, call.alice.next("BYE")), Tells<Terminated>());
    if (answered == 4s) call.ua.feed(4s, response_to(reinvite.sent("INVITE"), 100));
    call.ua.at(40s);
    EXPECT_TRUE(call.ua.idle()) << answered / 1s;
  }
}

TEST_F(OurRequestTest, AReinviteUnderWayDoesNotOutliveASessionThatIsDropped) {
  establish();
  const auto reinvite =
      ua.act(1s, [&](TimePoint now, Actions& a) { return ua.agent.reinvite(now, id, "x", a); });
  ua.feed(1s, response_to(reinvite.sent("INVITE"), 100));
  ua.agent.drop(id);
  ua.at(40s);
  EXPECT_TRUE(ua.idle());
}

TEST_F(OurRequestTest, AReinviteAnsweredAfterByeIsStillAcknowledged) {
  establish();
  const auto reinvite =
      ua.act(1s, [&](TimePoint now, Actions& a) { return ua.agent.reinvite(now, id, "x", a); });
  bye(2s);
  const auto out = ua.feed(2s, response_to(reinvite.sent("INVITE"), 200, {.sdp = "y"}));
  EXPECT_THAT(out, Sends("ACK"));
  EXPECT_TRUE(out.events.empty());
}

// Its peer would keep the call, for ever where it has no session timer.
TEST(SendBye, GoesOutOnceThoughTheTableIsFull) {
  SeededRandomness random{1};
  Agent agent({}, random);
  std::vector<Send> sends;
  for (std::size_t i = 0; i < limits::kSipTransactionsMax; ++i) {
    ASSERT_TRUE(
        agent.table.request(kStart, udp_flow(), "OPTIONS", "z9hG4bK" + std::to_string(i), "x", 0, sends));
    sends.clear();
  }
  const auto opened = open_dialog(agent);
  ASSERT_TRUE(opened);
  Actions out;
  Turn turn{kStart, out};
  ASSERT_TRUE(end_session(agent, turn, **opened, "SIP;cause=200"));
  ASSERT_EQ(out.sends.size(), 1U);
  EXPECT_THAT(out.sends[0].bytes, ::testing::StartsWith("BYE sip:alice@198.51.100.7 SIP/2.0\r\n"));
  EXPECT_EQ(header(out.sends[0].bytes, "Reason"), "SIP;cause=200");
  ASSERT_EQ(out.events.size(), 1U);
  EXPECT_TRUE(std::holds_alternative<Terminated>(out.events[0]));
}

}  // namespace
}  // namespace portico::sip
