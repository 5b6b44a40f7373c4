// Requests and responses that belong to no session, or only seem to.
#include "sip/dialog/inbound.h"

#include "base/limits.h"
#include "sip/harness.h"

namespace portico::sip {
namespace {

using namespace testing;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(Inbound, KeepsNothingOfAnInviteThatIsChallengedStatelessly) {
  Ua ua;
  Caller alice;
  const auto invite = alice.invite();
  auto out = ua.feed(0s, invite);
  ASSERT_THAT(out, Tells<NewRequest>());
  const Send challenge =
      ua.agent.reply(*out.told<NewRequest>(),
                     {.status = 407, .reason = {}, .headers = {{"Proxy-Authenticate", "Digest x"}}});
  EXPECT_THAT(challenge.bytes, HasSubstr("SIP/2.0 407 Proxy Authentication Required\r\n"));
  EXPECT_EQ(header(challenge.bytes, "Proxy-Authenticate"), "Digest x");
  EXPECT_TRUE(ua.idle());
  alice.learn(challenge.bytes);
  EXPECT_NE(alice.to_tag, "");
  EXPECT_THAT(ua.feed(1s, alice.same_branch("ACK")), SendsNothing());
  EXPECT_TRUE(ua.idle());
}

TEST(Inbound, GivesARepeatedRequestTheSameTag) {
  Ua ua;
  Caller alice;
  const auto invite = alice.invite();
  const auto tag = [&](Duration at) {
    const auto out = ua.feed(at, invite);
    return header(ua.agent.reply(*out.told<NewRequest>(), {.status = 407}).bytes, "To");
  };
  EXPECT_EQ(tag(0s), tag(500ms));
}

// RFC 3261 section 18.2.2, RFC 3581 section 4: as all other answers.
TEST(Inbound, AnswersToThePortOfTheViaUnlessTheSourcesIsAskedFor) {
  Ua ua;
  const auto port_of = [&](const std::string& via, bool rport) {
    Caller alice;
    alice.via = "SIP/2.0/UDP " + via;
    auto invite = alice.invite();
    if (!rport) invite.erase(invite.find(";rport"), 6);
    const auto out = ua.feed(0s, invite);
    return ua.agent.reply(*out.told<NewRequest>(), {.status = 407}).flow.remote.port;
  };
  EXPECT_EQ(port_of("203.0.113.9:5070", false), 5070);
  EXPECT_EQ(port_of("203.0.113.9", false), 5060);
  EXPECT_EQ(port_of("203.0.113.9:5070", true), udp_flow().remote.port);
}

// As it keeps of whole ones.
TEST(Inbound, KeepsNoMoreSpoiledInvitesOfADialogThanItsRate) {
  testing::Inbound call;
  call.establish();
  const auto before = call.ua.agent.transactions();
  for (int i = 0; i < 200; ++i) {
    const auto text = call.alice.next("INVITE");
    const NewRequest cut{parse_datagram(text.substr(0, text.size() - 2)).message, call.ua.flow, 400, {}};
    Actions out;
    EXPECT_TRUE(call.ua.agent.refuse_spoiled(kStart + 1s, cut, {.status = 400}, out));
    EXPECT_EQ(out.sends.size(), 1U) << "answered all the same";
  }
  EXPECT_EQ(call.ua.agent.transactions() - before, limits::kSipDialogRequestsPerSecondMax);
}

TEST(Inbound, Answers481OutsideKnownDialogs) {
  Ua ua;
  Caller alice;
  alice.to_tag = "unknown";
  for (const auto* method : {"BYE", "INVITE", "UPDATE", "INFO", "NOTIFY", "PRACK", "REFER"}) {
    EXPECT_THAT(ua.feed(0s, alice.next(method)), Sends("SIP/2.0 481")) << method;
  }
  EXPECT_THAT(ua.feed(0s, alice.ack()), SendsNothing());
  EXPECT_TRUE(ua.idle());
}

TEST(Inbound, Answers481WhenTheRemoteTagIsAnother) {
  testing::Inbound call;
  call.establish();
  call.alice.tag = "mallory";
  EXPECT_THAT(call.ua.feed(1s, call.alice.next("BYE")), Sends("SIP/2.0 481"));
  EXPECT_EQ(call.ua.agent.sessions(), 1U);
}

TEST(Inbound, Answers481ToWhatNamesNoDialogAndNeedsOne) {
  for (const auto* method : {"BYE", "PRACK", "UPDATE"}) {
    Ua ua;
    const auto out = ua.feed(0s, Caller().next(method));
    EXPECT_THAT(out, Sends("SIP/2.0 481")) << method;
    EXPECT_TRUE(out.events.empty()) << method;
    EXPECT_TRUE(ua.idle());
  }
}

TEST(Inbound, Answers481ToACancelForNothing) {
  Ua ua;
  Caller alice;
  EXPECT_THAT(ua.feed(0s, alice.request("CANCEL", 1, "z9hG4bK-none")), Sends("SIP/2.0 481"));
}

// Who decides on INVITEs answers them, so that it knows of all.
TEST(Inbound, HandsAMergedInviteOnWithItsFault) {
  testing::Inbound call;
  call.invite();
  const auto out = call.ua.feed(0s, call.alice.invite());
  ASSERT_THAT(out, Tells<NewRequest>());
  EXPECT_EQ(out.told<NewRequest>()->fault, 482);
  EXPECT_TRUE(out.sent().empty());
}

TEST(Inbound, Answers420ToExtensionsItMustKnowAndDoesNot) {
  Ua ua;
  Caller alice;
  const auto out = ua.feed(0s, alice.next("OPTIONS", "Require: 100rel, replaces, foo\n"));
  EXPECT_EQ(header(out.sent("SIP/2.0 420 Bad Extension"), "Unsupported"), "replaces, foo");
  EXPECT_THAT(out, Not(Tells<NewRequest>()));
  const auto invite = ua.feed(0s, alice.invite("Require: foo\n"));
  ASSERT_THAT(invite, Tells<NewRequest>());
  EXPECT_EQ(invite.told<NewRequest>()->fault, 420);
  EXPECT_EQ(invite.told<NewRequest>()->fault_headers[0].value, "foo");
  EXPECT_THAT(ua.feed(0s, alice.invite("Require: 100rel, timer\n")), Tells<NewRequest>());
}

TEST(Inbound, NamesNoMoreUnknownExtensionsThanAnAnswerHasRoomFor) {
  Ua ua;
  Caller alice;
  const std::string huge(limits::kSipHeaderBytesMax - 20, 'x');
  const auto some = ua.feed(0s, alice.next("OPTIONS", "Require: " + huge + "\nRequire: foo\n"));
  EXPECT_EQ(header(some.sent("SIP/2.0 420 Bad Extension"), "Unsupported"), "foo");
  const auto none = ua.feed(0s, alice.next("OPTIONS", "Require: " + huge + "\n"));
  EXPECT_FALSE(parse_datagram(none.sent("SIP/2.0 420 Bad Extension")).fault);
}

TEST(Inbound, HandsOtherRequestsOnWithoutState) {
  Ua ua;
  Caller alice;
  for (const auto* method : {"OPTIONS", "REGISTER", "MESSAGE", "SUBSCRIBE"}) {
    const auto out = ua.feed(0s, alice.next(method));
    ASSERT_THAT(out, Tells<NewRequest>()) << method;
    EXPECT_EQ(out.told<NewRequest>()->request.method_text(), method);
  }
  EXPECT_TRUE(ua.idle());
}

TEST(Inbound, IgnoresResponsesNobodyWaitsFor) {
  Ua ua;
  Caller alice;
  EXPECT_THAT(ua.feed(0s, response_to(alice.invite(), 200)), SendsNothing());
}

TEST(Inbound, Answers500ToNumbersThatGoBack) {
  testing::Inbound call;
  call.establish();
  call.alice.cseq = 10;
  EXPECT_THAT(call.ua.feed(1s, call.alice.request("INFO", 10, "z9hG4bK-n1")), Sends("SIP/2.0 200"));
  const auto out = call.ua.feed(2s, call.alice.request("INFO", 9, "z9hG4bK-n2"));
  EXPECT_NE(header(out.sent("SIP/2.0 500"), "Retry-After"), "");
  EXPECT_THAT(out, Not(Tells<InfoReceived>()));
  EXPECT_THAT(call.ua.feed(3s, call.alice.request("INFO", 10, "z9hG4bK-n1")), SendsTimes("SIP/2.0 200", 1))
      << "a retransmission is answered from the transaction";
}

// Section 12.2.2 calls a lower number out of order and a greater one in order; section 12.2.1.1 wants numbers
// to grow strictly. So the same number by another branch is a copy that came another way (or after a
// failover): what it asks for must not happen twice.
TEST(Inbound, DoesNotDoAgainWhatComesTwiceWithOneNumber) {
  testing::Inbound call;
  call.establish();
  EXPECT_THAT(call.ua.feed(1s, call.alice.request("INFO", 10, "z9hG4bK-n1")), Tells<InfoReceived>());
  const auto out = call.ua.feed(2s, call.alice.request("INFO", 10, "z9hG4bK-n2"));
  EXPECT_THAT(out, Sends("SIP/2.0 500"));
  EXPECT_THAT(out, Not(Tells<InfoReceived>()));
  EXPECT_THAT(call.ua.feed(3s, call.alice.request("INFO", 11, "z9hG4bK-n3")), Tells<InfoReceived>());
}

}  // namespace
}  // namespace portico::sip
