#include "sip/dialog/invite_uas.h"

#include "sip/harness.h"

namespace portico::sip {
namespace {

using namespace testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST(InviteUas, AnswersAnOfferWithWhatTheDialogNeeds) {
  Inbound call;
  call.invite("Record-Route: <sip:p2.example.com;lr>\nRecord-Route: <sip:p1.example.com;lr>\n");
  const auto ok = call.answer(100ms).sent("SIP/2.0 200 OK\r\n");
  EXPECT_EQ(header(ok, "Contact"), "<sip:app@192.0.2.1:5060>");
  EXPECT_THAT(header(ok, "Allow"), HasSubstr("UPDATE"));
  EXPECT_THAT(header(ok, "Server"), StartsWith("Portico/"));
  EXPECT_EQ(header(ok, "Content-Type"), "application/sdp");
  EXPECT_EQ(body(ok), "answer");
  EXPECT_THAT(
      ok, HasSubstr("Record-Route: <sip:p2.example.com;lr>\r\nRecord-Route: <sip:p1.example.com;lr>\r\n"));
  EXPECT_THAT(header(ok, "Via"), HasSubstr(";rport=5060;received=198.51.100.7"));
  const auto acked = call.ua.feed(200ms, call.alice.ack());
  ASSERT_THAT(acked, Tells<Acked>());
  EXPECT_EQ(acked.told<Acked>()->sdp, "");
}

TEST(InviteUas, SendsTryingOnlyWhenAskedAndRepeatsIt) {
  Inbound call;
  EXPECT_THAT(call.invite(), SendsNothing());
  call.ua.act(0s, [&](TimePoint now, Actions& a) { return call.ua.agent.trying(now, call.id, a); });
  EXPECT_THAT(call.ua.feed(500ms, call.alice.same_branch("INVITE")), Not(Sends("SIP/2.0 200")));
  EXPECT_THAT(call.ua.feed(600ms, call.alice.request("INVITE", 1, "z9hG4bK-a1", {}, "offer")),
              SendsTimes("SIP/2.0 100 Trying", 1));
}

TEST(InviteUas, Repeats2xxUntilAckAlsoOverAStream) {
  for (const auto& flow : {udp_flow(), tcp_flow()}) {
    Inbound call({}, flow);
    call.invite();
    call.answer(0s);
    EXPECT_THAT(call.ua.at(12s).times("SIP/2.0 200"), ElementsAre(500ms, 1500ms, 3500ms, 7500ms, 11500ms));
    call.ua.feed(12s, call.alice.ack());
    EXPECT_THAT(call.ua.at(31s), Not(Sends("SIP/2.0 200")));
  }
}

TEST(InviteUas, TellsAckTimeoutAfter32SecondsAndThenTakesBye) {
  Inbound call;
  call.invite();
  call.answer(0s);
  auto out = call.ua.at(31999ms);
  EXPECT_THAT(out, Not(Tells<AckTimeout>()));
  EXPECT_THAT(out, SendsTimes("SIP/2.0 200", 10));
  EXPECT_THAT(call.ua.at(32s), Tells<AckTimeout>());
  out = call.bye(32s);
  const auto bye = out.sent("BYE sip:alice@198.51.100.7 SIP/2.0");
  ASSERT_NE(bye, "");
  EXPECT_THAT(call.ua.feed(33s, response_to(bye, 200)), Tells<Terminated>());
  call.ua.at(100s);
  EXPECT_TRUE(call.ua.idle());
}

// Whoever forges an INVITE does not hear our To tag. The address in its Contact must not get our BYE.
TEST(InviteUas, FollowsNoContactBeforeThePeerShowedOurTag) {
  Inbound call;
  call.alice.contact = "<sip:alice@203.0.113.77>";
  call.invite();
  call.answer(0s);
  auto out = call.ua.at(32s);
  EXPECT_THAT(out, Tells<AckTimeout>());
  out.add(call.bye(32s));
  EXPECT_THAT(out, Sends("BYE sip:alice@203.0.113.77 SIP/2.0"));
  out.add(call.ua.at(70s));
  EXPECT_THAT(out, SendsTimes("BYE", 11));
  for (const auto& [at, send] : out.sends) EXPECT_EQ(send.flow.remote, call.ua.flow.remote);

  Inbound proven;
  proven.alice.contact = call.alice.contact;
  proven.establish();
  EXPECT_EQ(proven.bye(1s).sends.at(0).second.flow.remote.to_string(), "203.0.113.77:5060");
}

TEST(InviteUas, HoldsByeBackUntilTheAck) {
  Inbound call;
  call.invite();
  call.answer(0s);
  EXPECT_THAT(call.bye(1s, "SIP;cause=480"), Not(Sends("BYE")));
  const auto out = call.ua.feed(2s, call.alice.ack());
  EXPECT_THAT(out, Sends("BYE"));
  EXPECT_EQ(header(out.sent("BYE"), "Reason"), "SIP;cause=480");
}

// RFC 5407 section 3.1.4: what overtakes the ACK says as much as the ACK.
TEST(InviteUas, HoldsByeBackNoLongerThanToAReinviteThatOvertakesTheAck) {
  Inbound call;
  call.invite();
  call.answer(0s);
  call.bye(1s, "SIP;cause=480");
  const auto out = call.ua.feed(2s, call.alice.next("INVITE", {}, "offer 2"));
  EXPECT_EQ(header(out.sent("BYE"), "Reason"), "SIP;cause=480");
  EXPECT_THAT(out, Sends("SIP/2.0 481"));
  EXPECT_THAT(out, Not(Tells<Offer>()));
  EXPECT_THAT(call.ua.feed(3s, response_to(out.sent("BYE"), 200)), Tells<Terminated>());
  call.ua.at(60s);
  EXPECT_TRUE(call.ua.idle());
}

TEST(InviteUas, SendsHeldBackByeAtTheAckTimeout) {
  Inbound call;
  call.invite();
  call.answer(0s);
  call.bye(1s);
  EXPECT_THAT(call.ua.at(32s), Sends("BYE"));
}

TEST(InviteUas, RejectsWithReasonAndHeaders) {
  Inbound call;
  call.invite();
  const auto out = call.ua.act(0s, [&](TimePoint now, Actions& a) {
    return call.ua.agent.reject(
        now, call.id,
        {.status = 503, .reason = "Full", .headers = {{"Retry-After", "1"}, {"Reason", "SIP;cause=503"}}}, a);
  });
  const auto refusal = out.sent("SIP/2.0 503 Full\r\n");
  EXPECT_EQ(header(refusal, "Retry-After"), "1");
  EXPECT_EQ(header(refusal, "Reason"), "SIP;cause=503");
  EXPECT_THAT(out, Tells<Terminated>());
  EXPECT_EQ(call.ua.agent.sessions(), 0U);
  EXPECT_THAT(call.ua.at(1s), Sends("SIP/2.0 503"));
  call.ua.feed(1s, call.alice.same_branch("ACK"));
  call.ua.at(7s);
  EXPECT_TRUE(call.ua.idle());
}

TEST(InviteUas, CancelBeforeAnyAnswer) {
  Inbound call;
  call.invite();
  const auto out = call.ua.feed(1s, call.alice.request("CANCEL", 1, "z9hG4bK-a1", "Reason: SIP;cause=487\n"));
  EXPECT_THAT(out, Sends("SIP/2.0 200 OK"));
  EXPECT_EQ(header(out.sent("SIP/2.0 200"), "CSeq"), "1 CANCEL");
  EXPECT_THAT(out, Sends("SIP/2.0 487"));
  ASSERT_THAT(out, Tells<Cancelled>());
  EXPECT_EQ(out.told<Cancelled>()->reason, "SIP;cause=487");
  EXPECT_EQ(out.count<Terminated>(), 1U);
  EXPECT_FALSE(
      call.ua.act(2s, [&](TimePoint now, Actions& a) { return call.ua.agent.answer(now, call.id, "x", a); })
          .told<Terminated>());
  EXPECT_EQ(call.ua.last_error.code, Code::not_found);
}

TEST(InviteUas, CancelAfter180CarriesOneToTag) {
  Inbound call;
  call.invite();
  const auto ringing = call.ring(0s).sent("SIP/2.0 180");
  const auto out = call.ua.feed(1s, call.alice.request("CANCEL", 1, "z9hG4bK-a1"));
  ASSERT_THAT(out, Sends("SIP/2.0 487"));
  EXPECT_EQ(header(out.sent("SIP/2.0 487"), "To"), header(ringing, "To"));
}

TEST(InviteUas, CancelAfter200ChangesNothing) {
  Inbound call;
  call.invite();
  call.answer(0s);
  const auto out = call.ua.feed(1s, call.alice.request("CANCEL", 1, "z9hG4bK-a1"));
  EXPECT_EQ(header(out.sent("SIP/2.0 200"), "CSeq"), "1 INVITE");  // the 2xx once more at 500 ms
  const auto& to_cancel = out.sends.back().second.bytes;
  EXPECT_THAT(to_cancel, StartsWith("SIP/2.0 200 OK\r\n"));
  EXPECT_EQ(header(to_cancel, "CSeq"), "1 CANCEL");
  EXPECT_THAT(out, Not(Sends("SIP/2.0 487")));
  EXPECT_THAT(out, Not(Tells<Cancelled>()));
  EXPECT_THAT(call.ua.feed(2s, call.alice.ack()), Tells<Acked>());
}

// RFC 3261 section 13.3.1.
TEST(InviteUas, EndsWhenTheTimeOfExpiresIsOver) {
  Inbound call;
  call.invite("Expires: 10\n");
  call.ring(0s);
  EXPECT_THAT(call.ua.at(9999ms), SendsNothing());
  const auto out = call.ua.at(10s);
  EXPECT_THAT(out, Sends("SIP/2.0 487"));
  EXPECT_EQ(out.count<Cancelled>(), 1U);
  EXPECT_EQ(out.count<Terminated>(), 1U);
  Inbound answered;
  answered.invite("Expires: 10\n");
  answered.answer(9s);
  answered.ua.feed(9s, answered.alice.ack());
  EXPECT_TRUE(answered.ua.at(60s).events.empty());
  EXPECT_EQ(answered.ua.agent.sessions(), 1U);
  Inbound at_once;
  at_once.invite("Expires: 0\n");
  EXPECT_THAT(at_once.ua.at(0s), Sends("SIP/2.0 487"));
}

TEST(InviteUas, ARepeatedCancelGets200Again) {
  Inbound call;
  call.invite();
  const auto cancel = call.alice.request("CANCEL", 1, "z9hG4bK-a1");
  call.ua.feed(1s, cancel);
  const auto again = call.ua.feed(2s, cancel).sends.back().second.bytes;
  EXPECT_THAT(again, StartsWith("SIP/2.0 200 OK\r\n"));
  EXPECT_EQ(header(again, "CSeq"), "1 CANCEL");
}

TEST(InviteUas, OffersIn200WhenTheInviteDoesNotAndTakesTheAnswerFromTheAck) {
  Inbound call;
  call.invite({}, "");
  EXPECT_EQ(body(call.answer(0s, "our offer").sent("SIP/2.0 200")), "our offer");
  const auto out = call.ua.feed(1s, call.alice.ack("her answer"));
  ASSERT_THAT(out, Tells<Acked>());
  EXPECT_EQ(out.told<Acked>()->sdp, "her answer");
}

TEST(InviteUas, RepeatsA180EachMinute) {
  Inbound call;
  call.invite();
  call.ring(0s);
  EXPECT_THAT(call.ua.at(150s).times("SIP/2.0 180"), ElementsAre(60s, 120s));
}

TEST(InviteUas, CarriesEarlyMediaIn183AndAnswersAgainIn200) {
  Inbound call;
  call.invite();
  EXPECT_EQ(body(call.ring(0s, {.status = 183, .sdp = "answer"}).sent("SIP/2.0 183")), "answer");
  EXPECT_EQ(body(call.answer(1s).sent("SIP/2.0 200")), "answer");
}

TEST(InviteUas, RefusesAnIntervalBelowOurMinimum) {
  Inbound call;
  const auto out = call.invite("Supported: timer\nSession-Expires: 60\n");
  EXPECT_THAT(out, SendsNothing());
  EXPECT_EQ(call.ua.last_error.code, Code::unsupported);
  const auto refusal = call.ua.agent.refuse_interval(out.told<NewRequest>()->request);
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->status, 422);
  EXPECT_EQ(refusal->headers.at(0).value, "90");
  EXPECT_EQ(call.ua.agent.sessions(), 0U);
}

TEST(InviteUas, RefusesAnInviteWithoutUsableContact) {
  Inbound call;
  call.alice.contact = "<tel:+15551234>";
  EXPECT_THAT(call.invite(), SendsNothing());
  EXPECT_EQ(call.ua.last_error.code, Code::invalid);
}

TEST(InviteUas, RefusesInputsThatDoNotFit) {
  Inbound call;
  call.invite();
  auto input = [&](auto&& f) {
    const auto out = call.ua.act(0s, [&](TimePoint now, Actions& a) { return f(now, a); });
    EXPECT_THAT(out, SendsNothing());
    EXPECT_FALSE(call.ua.last_ok);
    return call.ua.last_error.code;
  };
  UserAgent& agent = call.ua.agent;
  EXPECT_EQ(input([&](auto now, auto& a) { return agent.ring(now, call.id, {.status = 200}, a); }),
            Code::invalid);
  EXPECT_EQ(input([&](auto now, auto& a) { return agent.answer(now, call.id, "", a); }), Code::invalid);
  EXPECT_EQ(input([&](auto now, auto& a) { return agent.reinvite(now, call.id, "x", a); }), Code::conflict);
  EXPECT_EQ(input([&](auto now, auto& a) { return agent.answer_offer(now, call.id, "x", a); }),
            Code::conflict);
  EXPECT_EQ(input([&](auto now, auto& a) { return agent.cancel(now, call.id, "", a); }), Code::conflict);
  call.answer(0s);
  EXPECT_EQ(input([&](auto now, auto& a) { return agent.answer(now, call.id, "x", a); }), Code::conflict);
  EXPECT_EQ(input([&](auto now, auto& a) { return agent.ring(now, call.id, {}, a); }), Code::conflict);
}

TEST(InviteUas, AnswersSipsWithSipsAndStreamsWithTheirTransport) {
  Inbound plain({}, tcp_flow());
  plain.invite();
  EXPECT_EQ(header(plain.answer(0s).sent("SIP/2.0 200"), "Contact"),
            "<sip:app@192.0.2.1:5060;transport=tcp>");
  UserAgentProfile profile;
  profile.advertised[static_cast<std::size_t>(Transport::tls)] = "sip.example.net";
  Flow tls = tcp_flow();
  tls.transport = Transport::tls;
  Inbound secure(profile, tls);
  secure.alice.target = "sips:app@sip.example.net";
  secure.invite();
  EXPECT_EQ(header(secure.answer(0s).sent("SIP/2.0 200"), "Contact"), "<sips:app@sip.example.net>");
}

}  // namespace
}  // namespace portico::sip
