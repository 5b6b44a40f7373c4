// Rows of RFC 3261 figure 5 and RFC 6026 section 7.2.
#include "sip/transaction/invite_client.h"

#include "sip/transaction/table_harness.h"

namespace portico::sip {
namespace {

using namespace testing;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

struct InviteClient : ::testing::Test, Table {
  std::string invite;
};

TEST_F(InviteClient, RepeatsWithTimerAAndGivesUpAtB) {
  const TxId id = send(0s, "INVITE", invite);
  EXPECT_THAT(at(60s).times("INVITE"), ElementsAre(500ms, 1500ms, 3500ms, 7500ms, 15500ms, 31500ms));
  ASSERT_EQ(gave_up.size(), 1U);
  EXPECT_EQ(gave_up[0].tx, id);
  EXPECT_TRUE(gave_up[0].client);
  EXPECT_FALSE(gave_up[0].transport_failed);
  EXPECT_EQ(table.size(), 0U);
}

TEST_F(InviteClient, DoesNotRepeatOverAStream) {
  flow = tcp_flow();
  send(0s, "INVITE", invite);
  EXPECT_THAT(at(31s), SendsNothing());
  at(32s);
  EXPECT_EQ(gave_up.size(), 1U);
}

TEST_F(InviteClient, StopsRepeatingWithTheFirstProvisionalAndWaitsWithoutEnd) {
  send(0s, "INVITE", invite);
  const auto up = response(100ms, response_to(invite, 180));
  EXPECT_EQ(up.kind, Incoming::Kind::response);
  EXPECT_EQ(up.owner, 5U);
  EXPECT_THAT(at(1h), SendsNothing());
  EXPECT_EQ(table.size(), 1U);
}

TEST_F(InviteClient, AcknowledgesARefusalHopByHop) {
  send(0s, "INVITE", invite);
  Out out;
  EXPECT_EQ(response(0s, response_to(invite, 486), &out).kind, Incoming::Kind::response);
  const auto ack = out.sent("ACK sip:bob@example.com SIP/2.0\r\n");
  EXPECT_EQ(header(ack, "Via"), header(invite, "Via"));
  EXPECT_EQ(header(ack, "CSeq"), "7 ACK");
  EXPECT_EQ(header(ack, "Route"), "<sip:p1.example.com;lr>");
  EXPECT_THAT(header(ack, "To"), HasSubstr(";tag=peer"));
}

TEST_F(InviteClient, AcknowledgesARepeatedRefusalWithoutTellingUntilD) {
  send(0s, "INVITE", invite);
  response(0s, response_to(invite, 486));
  Out out;
  EXPECT_EQ(response(31s, response_to(invite, 486), &out).kind, Incoming::Kind::absorbed);
  EXPECT_THAT(out, SendsTimes("ACK", 1));
  at(32s);
  EXPECT_EQ(table.size(), 0U);
}

TEST_F(InviteClient, EndsWithTheRefusalOverAStream) {
  flow = tcp_flow();
  send(0s, "INVITE", invite);
  Out out;
  response(0s, response_to(invite, 486), &out);
  EXPECT_THAT(out, SendsTimes("ACK", 1));
  EXPECT_EQ(table.size(), 0U);
}

TEST_F(InviteClient, PassesEach2xxUpFor64T1AndSendsNoAck) {
  send(0s, "INVITE", invite);
  Out out;
  EXPECT_EQ(response(0s, response_to(invite, 200), &out).kind, Incoming::Kind::response);
  EXPECT_EQ(response(10s, response_to(invite, 200, {.to_tag = "fork"}), &out).kind, Incoming::Kind::response);
  EXPECT_THAT(out, SendsNothing());
  EXPECT_EQ(response(11s, response_to(invite, 486), &out).kind, Incoming::Kind::absorbed);
  EXPECT_EQ(response(11s, response_to(invite, 180), &out).kind, Incoming::Kind::absorbed);
  at(32s);
  EXPECT_EQ(table.size(), 0U);
  EXPECT_EQ(response(33s, response_to(invite, 200)).kind, Incoming::Kind::unmatched);
}

TEST_F(InviteClient, FailsAtOnceWhenItsTransportDoes) {
  send(0s, "INVITE", invite);
  table.on_transport_error(kStart, flow, gave_up);
  ASSERT_EQ(gave_up.size(), 1U);
  EXPECT_TRUE(gave_up[0].transport_failed);
  EXPECT_EQ(table.size(), 0U);
}

}  // namespace
}  // namespace portico::sip
