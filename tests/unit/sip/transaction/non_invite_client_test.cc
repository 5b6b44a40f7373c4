// Rows of RFC 3261 figure 6.
#include "sip/transaction/non_invite_client.h"

#include "sip/transaction/table_harness.h"

namespace portico::sip {
namespace {

using namespace testing;
using ::testing::ElementsAre;

struct NonInviteClient : ::testing::Test, Table {
  std::string bye;
};

TEST_F(NonInviteClient, RepeatsWithTimerEUpToT2AndGivesUpAtF) {
  send(0s, "BYE", bye);
  EXPECT_THAT(at(60s).times("BYE"), ElementsAre(500ms, 1500ms, 3500ms, 7500ms, 11500ms, 15500ms, 19500ms,
                                                23500ms, 27500ms, 31500ms));
  EXPECT_EQ(gave_up.size(), 1U);
  EXPECT_EQ(table.size(), 0U);
}

TEST_F(NonInviteClient, RepeatsEveryT2WhileProceedingAndStillGivesUpAtF) {
  send(0s, "BYE", bye);
  EXPECT_EQ(response(100ms, response_to(bye, 100)).kind, Incoming::Kind::response);
  EXPECT_THAT(at(60s).times("BYE"),
              ElementsAre(500ms, 4500ms, 8500ms, 12500ms, 16500ms, 20500ms, 24500ms, 28500ms));
  EXPECT_EQ(gave_up.size(), 1U);
}

TEST_F(NonInviteClient, PassesOneFinalUpAndAbsorbsTheRestUntilK) {
  send(0s, "BYE", bye);
  EXPECT_EQ(response(1s, response_to(bye, 200)).kind, Incoming::Kind::response);
  EXPECT_EQ(response(2s, response_to(bye, 200)).kind, Incoming::Kind::absorbed);
  EXPECT_THAT(at(5999ms), SendsNothing());
  EXPECT_EQ(table.size(), 1U);
  at(6s);
  EXPECT_EQ(table.size(), 0U);
}

TEST_F(NonInviteClient, EndsWithTheFinalOverAStream) {
  flow = tcp_flow();
  send(0s, "BYE", bye);
  EXPECT_THAT(at(1s), SendsNothing());
  response(1s, response_to(bye, 200));
  EXPECT_EQ(table.size(), 0U);
}

TEST_F(NonInviteClient, FailsAtOnceWhenItsTransportDoes) {
  flow = tcp_flow();
  send(0s, "BYE", bye);
  Flow other = flow;
  other.connection = 10;
  table.on_transport_error(kStart, other, gave_up);
  EXPECT_TRUE(gave_up.empty());
  table.on_transport_error(kStart, flow, gave_up);
  EXPECT_EQ(gave_up.size(), 1U);
}

}  // namespace
}  // namespace portico::sip
