// Rows of RFC 3261 figure 8.
#include "sip/transaction/non_invite_server.h"

#include "sip/transaction/table_harness.h"

namespace portico::sip {
namespace {

using namespace testing;

struct NonInviteServer : ::testing::Test, Table {
  Caller alice;
  std::string options = alice.request("OPTIONS", 1, "z9hG4bK-o");
};

TEST_F(NonInviteServer, IsSilentToRepetitionsWhileTrying) {
  accept(0s, options);
  Out out;
  EXPECT_EQ(request(500ms, options, &out).kind, Incoming::Kind::absorbed);
  EXPECT_THAT(out, SendsNothing());
}

TEST_F(NonInviteServer, RepeatsTheLastProvisionalThenTheFinal) {
  const TxId id = accept(0s, options);
  respond(0s, id, 100, "SIP/2.0 100 Trying");
  Out out;
  request(500ms, options, &out);
  EXPECT_THAT(out, Sends("SIP/2.0 100"));
  respond(1s, id, 200, "SIP/2.0 200 OK");
  request(1500ms, options, &out);
  EXPECT_THAT(out, Sends("SIP/2.0 200"));
}

TEST_F(NonInviteServer, EndsWithTimerJ) {
  const TxId id = accept(0s, options);
  respond(0s, id, 200, "SIP/2.0 200 OK");
  at(31999ms);
  EXPECT_EQ(table.size(), 1U);
  at(32s);
  EXPECT_EQ(table.size(), 0U);
}

TEST_F(NonInviteServer, EndsWithItsAnswerOverAStream) {
  flow = tcp_flow();
  const TxId id = accept(0s, options);
  respond(0s, id, 200, "SIP/2.0 200 OK");
  EXPECT_EQ(table.size(), 0U);
}

TEST_F(NonInviteServer, EndsWhenNobodyAnswersIt) {
  accept(0s, options);
  at(32s);
  EXPECT_EQ(table.size(), 0U);
  ASSERT_EQ(gave_up.size(), 1U);
  EXPECT_FALSE(gave_up[0].client);
}

}  // namespace
}  // namespace portico::sip
