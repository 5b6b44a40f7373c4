// Rows of RFC 3261 figure 7 and RFC 6026 section 7.1.
#include "sip/transaction/invite_server.h"

#include "sip/transaction/table_harness.h"

namespace portico::sip {
namespace {

using namespace testing;
using ::testing::ElementsAre;

struct InviteServer : ::testing::Test, Table {
  Caller alice;
  std::string invite = alice.invite();
};

TEST_F(InviteServer, RepeatsItsProvisionalForARepeatedInvite) {
  const TxId id = accept(0s, invite);
  respond(0s, id, 180, "SIP/2.0 180 first");
  Out out;
  EXPECT_EQ(request(500ms, invite, &out).kind, Incoming::Kind::absorbed);
  EXPECT_THAT(out.sent(), ElementsAre("SIP/2.0 180 first"));
}

TEST_F(InviteServer, SaysNothingToARepeatedInviteBeforeItSaidAnything) {
  accept(0s, invite);
  Out out;
  EXPECT_EQ(request(500ms, invite, &out).kind, Incoming::Kind::absorbed);
  EXPECT_THAT(out, SendsNothing());
}

TEST_F(InviteServer, RepeatsFinalUntilAck) {
  const TxId id = accept(0s, invite);
  respond(0s, id, 486, "SIP/2.0 486 Busy");
  EXPECT_THAT(at(8s).times("SIP/2.0 486"), ElementsAre(500ms, 1500ms, 3500ms, 7500ms));
  EXPECT_EQ(request(8s, alice.same_branch("ACK")).kind, Incoming::Kind::absorbed);
  EXPECT_THAT(at(20s), SendsNothing());
}

TEST_F(InviteServer, DoublesTimerGUpToT2AndGivesUpAtH) {
  const TxId id = accept(0s, invite);
  respond(0s, id, 486, "SIP/2.0 486 Busy");
  EXPECT_THAT(at(40s).times("SIP/2.0 486"), ElementsAre(500ms, 1500ms, 3500ms, 7500ms, 11500ms, 15500ms,
                                                        19500ms, 23500ms, 27500ms, 31500ms));
  ASSERT_EQ(gave_up.size(), 1U);
  EXPECT_EQ(gave_up[0].owner, 5U);
  EXPECT_FALSE(gave_up[0].client);
  EXPECT_EQ(table.size(), 0U);
}

TEST_F(InviteServer, RepeatsFinalForARepeatedInvite) {
  const TxId id = accept(0s, invite);
  respond(0s, id, 486, "SIP/2.0 486 Busy");
  Out out;
  request(100ms, invite, &out);
  EXPECT_THAT(out, Sends("SIP/2.0 486"));
}

TEST_F(InviteServer, AbsorbsFurtherAcksForT4ThenEnds) {
  const TxId id = accept(0s, invite);
  respond(0s, id, 486, "SIP/2.0 486 Busy");
  request(100ms, alice.same_branch("ACK"));
  EXPECT_EQ(request(200ms, alice.same_branch("ACK")).kind, Incoming::Kind::absorbed);
  at(5099ms);
  EXPECT_EQ(table.size(), 1U);
  at(5100ms);
  EXPECT_EQ(table.size(), 0U);
}

TEST_F(InviteServer, EndsWithTheAckOverAStream) {
  flow = tcp_flow();
  const TxId id = accept(0s, invite);
  respond(0s, id, 486, "SIP/2.0 486 Busy");
  EXPECT_THAT(at(10s), SendsNothing());
  request(10s, alice.same_branch("ACK"));
  EXPECT_EQ(table.size(), 0U);
}

TEST_F(InviteServer, StaysAcceptedFor64T1AndAbsorbsInvites) {
  const TxId id = accept(0s, invite);
  respond(0s, id, 200, "SIP/2.0 200 OK");
  Out out;
  EXPECT_EQ(request(10s, invite, &out).kind, Incoming::Kind::absorbed);
  EXPECT_THAT(out, SendsNothing());
  at(31999ms);
  EXPECT_EQ(table.size(), 1U);
  at(32s);
  EXPECT_EQ(table.size(), 0U);
  EXPECT_TRUE(gave_up.empty());
}

TEST_F(InviteServer, LetsThe2xxBeRepeatedAndPassesItsAckUp) {
  const TxId id = accept(0s, invite);
  respond(0s, id, 200, "SIP/2.0 200 OK");
  EXPECT_TRUE(respond(1s, id, 200, "SIP/2.0 200 OK"));
  // An RFC 2543 peer sends the ACK to a 2xx with the INVITE's branch.
  EXPECT_EQ(request(2s, alice.same_branch("ACK")).kind, Incoming::Kind::fresh);
}

TEST_F(InviteServer, TakesOneFinalOnly) {
  const TxId id = accept(0s, invite);
  EXPECT_TRUE(respond(0s, id, 486, "SIP/2.0 486 Busy"));
  EXPECT_FALSE(respond(0s, id, 200, "SIP/2.0 200 OK"));
  EXPECT_FALSE(respond(0s, id, 180, "SIP/2.0 180 Ringing"));
}

}  // namespace
}  // namespace portico::sip
