#include "sip/dialog/invite_uac.h"

#include "base/limits.h"
#include "sip/harness.h"

namespace portico::sip {
namespace {

using namespace testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

struct InviteUac : ::testing::Test, testing::Outbound {};

TEST_F(InviteUac, SaysWhatAnInviteNeeds) {
  const auto out = invite();
  ASSERT_THAT(sent_invite, StartsWith("INVITE sip:bob@example.com SIP/2.0\r\n"));
  EXPECT_THAT(header(sent_invite, "Via"), HasSubstr("SIP/2.0/UDP 192.0.2.1:5060;"));
  EXPECT_THAT(header(sent_invite, "Via"), HasSubstr(";rport"));
  EXPECT_EQ(header(sent_invite, "Contact"), "<sip:app@192.0.2.1:5060>");
  EXPECT_EQ(header(sent_invite, "Max-Forwards"), "70");
  EXPECT_EQ(header(sent_invite, "Supported"), "100rel, timer");
  EXPECT_EQ(header(sent_invite, "Session-Expires"), "1800");
  EXPECT_EQ(header(sent_invite, "To"), "<sip:bob@example.com>");
  EXPECT_THAT(header(sent_invite, "From"), StartsWith("\"Portico\" <sip:app@192.0.2.1>;tag="));
  EXPECT_EQ(body(sent_invite), "offer");
  EXPECT_EQ(out.sends[0].second.flow, ua.flow);
}

TEST_F(InviteUac, IsAnsweredAndHangsUp) {
  invite();
  auto out = respond(10ms, 100);
  EXPECT_TRUE(out.events.empty());
  out = respond(1s, 180);
  ASSERT_THAT(out, Tells<Progress>());
  EXPECT_EQ(out.told<Progress>()->status, 180);
  out = respond(2s, 200, {.headers = "Contact: <sip:bob@10.9.8.7:5070>\n", .sdp = "answer"});
  ASSERT_THAT(out, Tells<Answered>());
  EXPECT_EQ(out.told<Answered>()->sdp, "answer");
  const auto ack = out.sent("ACK sip:bob@10.9.8.7:5070 SIP/2.0");
  EXPECT_EQ(header(ack, "CSeq"),
            header(sent_invite, "CSeq").substr(0, header(sent_invite, "CSeq").find(' ')) + " ACK");
  EXPECT_NE(header(ack, "Via"), header(sent_invite, "Via"));
  const auto bye_sent = bye(3s, "Q.850;cause=16").sent("BYE");
  EXPECT_EQ(header(bye_sent, "Reason"), "Q.850;cause=16");
  out = ua.feed(4s, response_to(bye_sent, 200));
  EXPECT_EQ(out.count<Terminated>(), 1U);
  ua.at(60s);
  EXPECT_TRUE(ua.idle());
}

TEST_F(InviteUac, AcknowledgesEachRepeated2xxWithTheSameBytes) {
  const auto first = establish().sent("ACK");
  const auto again = respond(5s, 200, {.sdp = "answer"});
  EXPECT_EQ(again.sent("ACK"), first);
  EXPECT_THAT(again, Not(Tells<Answered>()));
}

TEST_F(InviteUac, FailsWith408WhenNobodyAnswers) {
  invite();
  const auto out = ua.at(32s);
  ASSERT_THAT(out, Tells<Failed>());
  EXPECT_EQ(out.told<Failed>()->status, 408);
  EXPECT_THAT(out, Tells<Terminated>());
  EXPECT_TRUE(ua.idle());
}

TEST_F(InviteUac, FailsWithTheRefusalAndAcknowledgesIt) {
  invite();
  const auto out = respond(1s, 486);
  EXPECT_THAT(out, Sends("ACK"));
  ASSERT_THAT(out, Tells<Failed>());
  EXPECT_EQ(out.told<Failed>()->status, 486);
  EXPECT_TRUE(out.told<Failed>()->response.has_value());
  EXPECT_EQ(out.count<Terminated>(), 1U);
}

TEST_F(InviteUac, FailsWith503WhenTheTransportDoes) {
  invite();
  Actions actions;
  ua.agent.on_transport_error(kStart, ua.flow, actions);
  ASSERT_EQ(actions.events.size(), 2U);
  EXPECT_EQ(std::get<Failed>(actions.events[0]).status, 503);
  EXPECT_TRUE(ua.idle());
}

TEST_F(InviteUac, CancelWaitsForTheFirstProvisional) {
  invite();
  EXPECT_THAT(cancel(100ms, "SIP;cause=200"), Not(Sends("CANCEL")));
  auto out = respond(200ms, 100);
  EXPECT_EQ(header(out.sent("CANCEL"), "Reason"), "SIP;cause=200");
  ua.feed(300ms, response_to(out.sent("CANCEL"), 200));
  out = respond(400ms, 487);
  EXPECT_THAT(out, Sends("ACK"));
  ASSERT_THAT(out, Tells<Failed>());
  EXPECT_EQ(out.told<Failed>()->status, 487);
  EXPECT_THAT(out, Tells<Terminated>());
}

TEST_F(InviteUac, CancelAfter180GoesAtOnce) {
  invite();
  respond(100ms, 180);
  const auto out = cancel(200ms);
  EXPECT_THAT(out, SendsTimes("CANCEL", 1));
  EXPECT_THAT(respond(300ms, 180), Not(Sends("CANCEL"))) << "once";
}

TEST_F(InviteUac, CancelThatCrosses200EndsWithAckAndBye) {
  invite();
  respond(100ms, 180);
  cancel(200ms);
  auto out = respond(300ms, 200, {.sdp = "answer"});
  EXPECT_THAT(out, Sends("ACK"));
  ASSERT_THAT(out, Sends("BYE"));
  EXPECT_THAT(out, Not(Tells<Answered>()));
  EXPECT_THAT(respond(400ms, 200, {.sdp = "answer"}), SendsTimes("ACK", 1));
  out = ua.feed(1s, response_to(out.sent("BYE"), 200));
  EXPECT_EQ(out.count<Terminated>(), 1U);
  ua.at(40s);
  EXPECT_TRUE(ua.idle());
}

TEST_F(InviteUac, CancelThatNobodyHonoursEndsAfter32Seconds) {
  invite();
  respond(100ms, 180);
  const auto sent = cancel(1s).sent("CANCEL");
  ua.feed(1s, response_to(sent, 200));
  EXPECT_THAT(ua.at(32999ms), Not(Tells<Terminated>()));
  EXPECT_THAT(ua.at(33s), Tells<Terminated>());
  EXPECT_TRUE(ua.idle());
}

TEST_F(InviteUac, CancelBeforeAnythingEndsWithTimerB) {
  invite();
  cancel(1s);
  EXPECT_THAT(ua.at(32s), Tells<Terminated>());
}

TEST_F(InviteUac, GivesEachForkAnEarlyDialogAndTheFirst2xxWins) {
  invite();
  auto out = respond(1s, 180, {.to_tag = "one"});
  EXPECT_EQ(out.told<Progress>()->fork, 0U);
  out = respond(1s, 180, {.to_tag = "two"});
  EXPECT_EQ(out.told<Progress>()->fork, 1U);
  out = respond(2s, 200, {.to_tag = "two", .headers = "Contact: <sip:two@198.51.100.8>\n", .sdp = "answer"});
  EXPECT_EQ(out.told<Answered>()->fork, 1U);
  EXPECT_THAT(header(out.sent("ACK sip:two@198.51.100.8"), "To"), HasSubstr(";tag=two"));
  EXPECT_EQ(ua.agent.dialog(id)->remote_tag, "two");
}

TEST_F(InviteUac, KeepsNoMoreForksThanItsLimit) {
  invite();
  for (std::size_t n = 0; n < limits::kSipForksMax; ++n) {
    EXPECT_THAT(respond(1s, 180, {.to_tag = "t" + std::to_string(n)}), Tells<Progress>());
  }
  EXPECT_EQ(respond(1s, 180, {.to_tag = "more"}).told<Progress>()->fork, limits::kSipForksMax)
      << "told, not kept";
  EXPECT_EQ(respond(1s, 180, {.to_tag = "another"}).told<Progress>()->fork, limits::kSipForksMax);
  EXPECT_THAT(respond(2s, 180, {.to_tag = "t7"}), Tells<Progress>()) << "those that are known go on";
  const std::string headers = "Contact: <sip:two@198.51.100.8>\n";
  const auto out = respond(2s, 200, {.to_tag = "t7", .headers = headers, .sdp = "answer"});
  EXPECT_EQ(out.told<Answered>()->fork, 7U);
  // Nor of answers to keep an ACK for: beyond the limit there is none.
  std::size_t released = 0;
  for (std::size_t n = 0; n < 2 * limits::kSipForksMax; ++n) {
    const auto other =
        respond(3s, 200, {.to_tag = "u" + std::to_string(n), .headers = headers, .sdp = "answer"});
    for (const auto& sent : other.sent()) released += sent.starts_with("ACK") ? 1 : 0;
  }
  EXPECT_EQ(released, limits::kSipForksMax - 1) << "one is the winner's";
}

TEST_F(InviteUac, ReleasesTheOther2xxOfAFork) {
  invite();
  respond(1s, 200, {.to_tag = "one", .sdp = "answer"});
  const ResponseOptions two{.to_tag = "two", .headers = "Contact: <sip:two@198.51.100.8>\n", .sdp = "answer"};
  auto out = respond(2s, 200, two);
  EXPECT_THAT(out, Sends("ACK sip:two@198.51.100.8"));
  EXPECT_THAT(header(out.sent("BYE sip:two@198.51.100.8"), "To"), HasSubstr(";tag=two"));
  EXPECT_TRUE(out.events.empty());
  out = respond(3s, 200, two);
  EXPECT_THAT(out, SendsTimes("ACK", 1));
  EXPECT_THAT(out, SendsTimes("BYE", 1)) << "the first one again at 2.5 s, and no new one";
  EXPECT_EQ(ua.agent.sessions(), 1U);
}

TEST_F(InviteUac, Releases2xxThatComesAfterTheSessionEnded) {
  establish();
  const auto bye_sent = bye(1s).sent("BYE");
  ua.feed(1s, response_to(bye_sent, 200));
  EXPECT_EQ(ua.agent.sessions(), 0U);
  const auto out = respond(2s, 200, {.to_tag = "late", .sdp = "answer"});
  EXPECT_THAT(out, Sends("ACK"));
  EXPECT_THAT(out, Sends("BYE"));
}

// An ACK with an empty tag was sent.
TEST_F(InviteUac, ReleasesNo2xxThatLacksOurTagAfterTheSessionEnded) {
  establish();
  ua.feed(1s, response_to(bye(1s).sent("BYE"), 200));
  ASSERT_EQ(ua.agent.sessions(), 0U);
  auto late = response_to(sent_invite, 200, {.to_tag = "late", .sdp = "answer"});
  const auto from_tag = late.find(";tag=", late.find("From:"));
  late.erase(from_tag, late.find("\r\n", from_tag) - from_tag);
  EXPECT_THAT(ua.feed(2s, late), SendsNothing());
}

// RFC 3261 section 13.2.2.4: one ACK for each 2xx and its copies, one BYE.
TEST_F(InviteUac, AcknowledgesCopiesOfA2xxWhenTheSessionIsOver) {
  const auto ack = establish().sent("ACK");
  ASSERT_FALSE(ack.empty());
  ua.feed(1s, response_to(bye(1s).sent("BYE"), 200));
  ASSERT_EQ(ua.agent.sessions(), 0U);
  auto out = respond(2s, 200, {.sdp = "answer"});
  EXPECT_EQ(out.sent(), std::vector{ack}) << "the dialog has had its BYE";
  const ResponseOptions late{.to_tag = "late", .sdp = "answer"};
  out = respond(3s, 200, late);
  const auto late_ack = out.sent("ACK");
  EXPECT_THAT(out, SendsTimes("BYE", 1));
  ua.feed(3s, response_to(out.sent("BYE"), 200));
  EXPECT_EQ(respond(4s, 200, late).sent(), std::vector{late_ack});
  EXPECT_EQ(respond(31s, 200, late).sent(), std::vector{late_ack});
  EXPECT_THAT(respond(33s, 200, late), SendsNothing()) << "timer M is over";
  EXPECT_TRUE(ua.idle());
}

TEST_F(InviteUac, EndsOneForkByItsByeAndGoesOn) {
  invite();
  respond(1s, 180, {.to_tag = "one"});
  respond(1s, 180, {.to_tag = "peer"});
  auto out = ua.feed(2s, request("BYE", 1));
  EXPECT_THAT(out, Sends("SIP/2.0 200"));
  EXPECT_THAT(out, Not(Tells<PeerBye>()));
  EXPECT_EQ(ua.agent.sessions(), 1U);
}

TEST_F(InviteUac, SendsTheInviteAgainWithCredentials) {
  invite();
  auto out = respond(1s, 407, {.headers = "Proxy-Authenticate: Digest realm=\"r\", nonce=\"n\"\n"});
  EXPECT_THAT(out, Sends("ACK"));
  ASSERT_THAT(out, Tells<Challenged>());
  EXPECT_EQ(out.told<Challenged>()->method, "INVITE");
  out = act(2s, [&](TimePoint now, Actions& a) {
    return ua.agent.retry_with(now, id, {{"Proxy-Authorization", "Digest x"}}, a);
  });
  const auto second = out.sent("INVITE");
  EXPECT_EQ(header(second, "Proxy-Authorization"), "Digest x");
  EXPECT_EQ(header(second, "Call-ID"), header(sent_invite, "Call-ID"));
  EXPECT_EQ(header(second, "From"), header(sent_invite, "From"));
  EXPECT_EQ(header(second, "To"), "<sip:bob@example.com>");
  EXPECT_EQ(std::stoi(header(second, "CSeq")), std::stoi(header(sent_invite, "CSeq")) + 1);
  EXPECT_NE(header(second, "Via"), header(sent_invite, "Via"));
  EXPECT_EQ(body(second), "offer");
  out = ua.feed(3s, response_to(second, 200, {.sdp = "answer"}));
  EXPECT_THAT(out, Tells<Answered>());
  EXPECT_EQ(header(out.sent("ACK"), "Proxy-Authorization"), "Digest x");
}

TEST_F(InviteUac, EndsAChallengeThatIsAbandonedOrForgotten) {
  invite();
  respond(1s, 401);
  auto out = act(2s, [&](TimePoint now, Actions& a) { return ua.agent.abandon(now, id, a); });
  EXPECT_EQ(out.told<Failed>()->status, 401);
  EXPECT_THAT(out, Tells<Terminated>());
  testing::Outbound other;
  other.invite();
  other.respond(0s, 407);
  EXPECT_THAT(other.ua.at(32s), Tells<Terminated>());
  EXPECT_TRUE(other.ua.idle());
}

TEST_F(InviteUac, AsksForALongerIntervalAfter422) {
  UserAgentProfile profile;
  profile.session_expires = 100s;
  testing::Outbound call(profile);
  call.invite();
  auto out = call.respond(0s, 422, {.headers = "Min-SE: 600\n"});
  const auto second = out.sent("INVITE");
  EXPECT_EQ(header(second, "Session-Expires"), "600");
  EXPECT_EQ(header(second, "Min-SE"), "600");
  EXPECT_EQ(header(second, "Call-ID"), header(call.sent_invite, "Call-ID"));
  EXPECT_THAT(out, Not(Tells<Failed>()));
  EXPECT_THAT(call.ua.feed(0s, response_to(second, 422)), Tells<Failed>())
      << "without Min-SE it makes no sense";
}

TEST_F(InviteUac, AnswersALateOfferInTheAck) {
  invite(0s, "");
  auto out = respond(1s, 200, {.sdp = "bob's offer"});
  ASSERT_THAT(out, Tells<Answered>());
  EXPECT_TRUE(out.told<Answered>()->needs_answer);
  EXPECT_THAT(out, Not(Sends("ACK")));
  EXPECT_THAT(respond(2s, 200, {.sdp = "bob's offer"}), SendsNothing());
  out = act(3s, [&](TimePoint now, Actions& a) { return ua.agent.answer_offer(now, id, "our answer", a); });
  EXPECT_EQ(body(out.sent("ACK")), "our answer");
  EXPECT_EQ(body(respond(4s, 200, {.sdp = "bob's offer"}).sent("ACK")), "our answer");
}

TEST_F(InviteUac, ByeBeforeTheAnswerIsACancel) {
  invite();
  respond(1s, 180);
  EXPECT_THAT(bye(2s), Sends("CANCEL"));
}

TEST_F(InviteUac, ExpiresWhileItOwesAnAnswer) {
  invite(0s, "");
  respond(1s, 200, {.headers = "Session-Expires: 90;refresher=uas\n", .sdp = "bob's offer"});
  EXPECT_THAT(ua.at(61s), Tells<SessionExpired>());
  const auto out = bye(61s);
  EXPECT_THAT(out, Sends("ACK"));
  EXPECT_THAT(out, Sends("BYE"));
}

TEST_F(InviteUac, AnswersTheForkThatOffered) {
  invite(0s, "");
  respond(0s, 180, {.to_tag = "one"});
  respond(0s, 183, {.to_tag = "two", .headers = "Require: 100rel\nRSeq: 4\n", .sdp = "two's offer"});
  const auto out =
      act(0s, [&](TimePoint now, Actions& a) { return ua.agent.answer_offer(now, id, "ok", a); });
  EXPECT_THAT(header(out.sent("PRACK"), "To"), HasSubstr(";tag=two"));
}

}  // namespace
}  // namespace portico::sip
