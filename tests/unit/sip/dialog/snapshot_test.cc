#include "sip/dialog/snapshot.h"

#include "sip/harness.h"

namespace portico::sip {
namespace {

using namespace testing;

TEST(Snapshot, LetsAnotherNodeGoOnWithTheDialog) {
  testing::Inbound call;
  call.establish("Supported: timer\nAllow: INVITE, ACK, BYE, UPDATE\nSession-Expires: 600;refresher=uas\n");
  call.ua.at(100s);
  const auto snapshot = call.ua.agent.snapshot(kStart + 100s, call.id);
  ASSERT_TRUE(snapshot);
  EXPECT_EQ(snapshot->until_timer, 200s);

  Ua other;
  const auto id = other.agent.restore(kStart + 110s, *snapshot);
  ASSERT_TRUE(id);
  EXPECT_EQ(*other.agent.dialog(*id), snapshot->dialog);
  EXPECT_THAT(other.feed(120s, call.alice.next("INFO")), Sends("SIP/2.0 200"));
  EXPECT_THAT(other.at(310s), Sends("UPDATE")) << "the refresh goes on";
  EXPECT_THAT(other.feed(311s, call.alice.next("BYE")), Tells<Terminated>());
}

TEST(Snapshot, IsTakenOfEstablishedSessionsOnly) {
  testing::Inbound call;
  call.invite();
  EXPECT_EQ(call.ua.agent.snapshot(kStart, call.id).error().code, Code::conflict);
  EXPECT_EQ(call.ua.agent.snapshot(kStart, SessionId{77}).error().code, Code::not_found);
}

TEST(Snapshot, IsNotRestoredTwiceOrInHalves) {
  testing::Inbound call;
  call.establish();
  const auto snapshot = *call.ua.agent.snapshot(kStart, call.id);
  EXPECT_EQ(call.ua.agent.restore(kStart, snapshot).error().code, Code::conflict);
  EXPECT_EQ(Ua().agent.restore(kStart, {}).error().code, Code::invalid);
}

}  // namespace
}  // namespace portico::sip
