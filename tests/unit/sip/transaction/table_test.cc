#include "sip/transaction/table.h"

#include "base/limits.h"
#include "sip/transaction/table_harness.h"

namespace portico::sip {
namespace {

using namespace testing;
using ::testing::HasSubstr;

struct TransactionTableTest : ::testing::Test, Table {
  template <typename Answer>
  void fill(const std::string& method, Answer answer) {
    for (std::size_t i = 0; i < limits::kSipTransactionsMax; ++i) {
      std::vector<Send> sends;
      answer(parsed(alice.request(method, 2, "z9hG4bK" + std::to_string(i))), sends);
    }
  }
  void expect_full_until_t4() {
    const auto invite = parsed(alice.invite());
    EXPECT_EQ(table.accept(kStart + 4999ms, flow, invite, "us", 5).error().code, Code::busy);
    EXPECT_TRUE(table.accept(kStart + 5s, flow, invite, "us", 5));
  }

  Caller alice;
};

TEST_F(TransactionTableTest, KeepsNothingOfARequestThatNobodyAccepts) {
  EXPECT_EQ(request(0s, alice.invite()).kind, Incoming::Kind::fresh);
  EXPECT_EQ(table.size(), 0U);
  EXPECT_EQ(table.next_deadline(), kNever);
}

TEST_F(TransactionTableTest, FindsTheInviteOfACancel) {
  const TxId id = accept(0s, alice.invite());
  auto cancel = request(1s, alice.same_branch("CANCEL"));
  EXPECT_EQ(cancel.kind, Incoming::Kind::cancel);
  EXPECT_EQ(cancel.tx, id);
  EXPECT_TRUE(cancel.pending);
  respond(2s, id, 200, "SIP/2.0 200 OK");
  cancel = request(3s, alice.same_branch("CANCEL"));
  EXPECT_EQ(cancel.kind, Incoming::Kind::cancel);
  EXPECT_FALSE(cancel.pending);
}

TEST_F(TransactionTableTest, DoesNotKnowACancelForNothing) {
  EXPECT_EQ(request(0s, alice.same_branch("CANCEL")).kind, Incoming::Kind::unmatched);
}

// As much of it as a datagram that was cut short still has.
TEST_F(TransactionTableTest, KnowsARequestByItsBranchAlone) {
  const auto invite = alice.invite();
  const auto cut = sip::parse_datagram(invite.substr(0, invite.size() - 10)).message;
  EXPECT_FALSE(table.knows(cut));
  const TxId id = accept(0s, invite);
  EXPECT_TRUE(table.knows(cut));
  EXPECT_FALSE(table.knows(parsed(alice.same_branch("CANCEL")))) << "a request of its own";
  EXPECT_FALSE(table.knows(parsed(alice.same_branch("ACK"))));
  respond(1s, id, 200, "SIP/2.0 200 OK");
  EXPECT_TRUE(table.knows(cut));
  table.drop(id);
  EXPECT_FALSE(table.knows(cut));
}

TEST_F(TransactionTableTest, TellsTwoSendersWithOneBranchApart) {
  accept(0s, alice.invite());
  Caller mallory = alice;
  mallory.via = "SIP/2.0/UDP 203.0.113.5:5060";
  mallory.call_id = "other";
  EXPECT_EQ(request(0s, mallory.same_branch("INVITE")).kind, Incoming::Kind::fresh);
}

TEST_F(TransactionTableTest, ComparesSentByWithoutRegardToCase) {
  alice.via = "SIP/2.0/UDP PBX.example.com";
  accept(0s, alice.invite());
  alice.via = "SIP/2.0/UDP pbx.Example.com";
  EXPECT_EQ(request(0s, alice.same_branch("INVITE")).kind, Incoming::Kind::absorbed);
}

TEST_F(TransactionTableTest, KnowsAMergedRequest) {
  accept(0s, alice.invite());
  EXPECT_EQ(request(0s, alice.invite()).kind, Incoming::Kind::merged);  // same CSeq, another branch
  ++alice.cseq;
  EXPECT_EQ(request(0s, alice.invite()).kind, Incoming::Kind::fresh);
}

TEST_F(TransactionTableTest, MatchesRfc2543RequestsWithoutTheCookie) {
  const auto old = [&](std::string_view method, int cseq) { return alice.request(method, cseq, "1"); };
  const TxId id = accept(0s, old("INVITE", 1));
  EXPECT_EQ(request(0s, old("INVITE", 1)).kind, Incoming::Kind::absorbed);
  EXPECT_EQ(request(0s, old("CANCEL", 1)).kind, Incoming::Kind::cancel);
  respond(0s, id, 486, "SIP/2.0 486 Busy");
  alice.to_tag = "us";  // the ACK carries the tag of the answer
  EXPECT_EQ(request(0s, old("ACK", 1)).kind, Incoming::Kind::absorbed);
  EXPECT_EQ(request(0s, old("INVITE", 2)).kind, Incoming::Kind::fresh);
}

TEST_F(TransactionTableTest, AnswersACancelledInviteByItsOwnBranch) {
  std::string invite;
  const TxId id = send(0s, "INVITE", invite);
  EXPECT_FALSE(table.can_cancel(id));
  response(0s, response_to(invite, 180));
  ASSERT_TRUE(table.can_cancel(id));
  std::vector<Send> sends;
  table.cancel(kStart, id, "SIP;cause=200", sends);
  ASSERT_EQ(sends.size(), 1U);
  const auto& cancel = sends[0].bytes;
  EXPECT_THAT(cancel, ::testing::StartsWith("CANCEL sip:bob@example.com SIP/2.0\r\n"));
  EXPECT_EQ(header(cancel, "Via"), header(invite, "Via"));
  EXPECT_EQ(header(cancel, "To"), "<sip:bob@example.com>");
  EXPECT_EQ(header(cancel, "CSeq"), "7 CANCEL");
  EXPECT_EQ(header(cancel, "Reason"), "SIP;cause=200");
  EXPECT_EQ(header(cancel, "Route"), "<sip:p1.example.com;lr>");
  EXPECT_THAT(at(kT1), SendsTimes("CANCEL", 1));
  EXPECT_EQ(response(1s, response_to(cancel, 200)).owner, 0U);
}

TEST_F(TransactionTableTest, IgnoresResponsesToStrangers) {
  std::string invite;
  send(0s, "INVITE", invite);
  Caller other;
  EXPECT_EQ(response(0s, response_to(other.invite(), 200)).kind, Incoming::Kind::unmatched);
}

TEST_F(TransactionTableTest, AnswersToTheSourcePortWithRport) {
  Flow from = flow;
  from.remote = *parse_endpoint("198.51.100.7:1024");
  std::vector<Send> sends;
  const auto options = parsed(alice.request("OPTIONS", 1, "z9hG4bK-x"));
  table.answer(kStart, from, options, 200, "SIP/2.0 200 OK", sends);
  EXPECT_EQ(sends.at(0).flow.remote.to_string(), "198.51.100.7:1024");
}

TEST_F(TransactionTableTest, AnswersToTheViaPortWithoutRport) {
  auto text = alice.request("OPTIONS", 1, "z9hG4bK-x");
  text.replace(text.find(";rport"), 6, "");
  Flow from = flow;
  from.remote = *parse_endpoint("198.51.100.7:1024");
  std::vector<Send> sends;
  table.answer(kStart, from, parsed(text), 200, "SIP/2.0 200 OK", sends);
  EXPECT_EQ(sends.at(0).flow.remote.to_string(), "198.51.100.7:5060");
}

TEST_F(TransactionTableTest, IsBusyWhenFullAndRecovers) {
  for (std::size_t i = 0; i < limits::kSipTransactionsMax; ++i) {
    std::vector<Send> sends;
    ASSERT_TRUE(table.request(kStart, flow, "OPTIONS", "z9hG4bK" + std::to_string(i), "x", 0, sends));
  }
  const auto full = table.accept(kStart, flow, parsed(alice.invite()), "us", 5);
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error().code, Code::busy);
  std::vector<Send> sends;
  table.answer(kStart, flow, parsed(alice.request("BYE", 9, "z9hG4bK-full")), 200, "SIP/2.0 200 OK", sends);
  EXPECT_EQ(sends.size(), 1U);  // answered all the same
  at(32s);
  EXPECT_EQ(table.size(), 0U);
  EXPECT_TRUE(table.accept(kStart, flow, parsed(alice.invite()), "us", 5));
}

// Its sender may not be where it says.
TEST_F(TransactionTableTest, RepeatsTheRefusalOfTheDoorForCopiesButNotByTheClock) {
  std::vector<Send> sends;
  const auto invite = alice.invite();
  table.refuse(kStart, flow, parsed(invite), 503, "SIP/2.0 503 No", sends);
  EXPECT_EQ(sends.size(), 1U);
  Out out;
  EXPECT_EQ(request(1s, invite, &out).kind, Incoming::Kind::absorbed);
  EXPECT_THAT(out, Sends("SIP/2.0 503"));
  EXPECT_THAT(at(31s), SendsNothing());
  EXPECT_EQ(table.size(), 1U);
  at(32s);
  EXPECT_EQ(table.size(), 0U);
}

TEST_F(TransactionTableTest, LetsTheRefusalsOfTheDoorGoWhenFull) {
  fill("INVITE", [&](const Message& invite, auto& sends) {
    table.refuse(kStart, flow, invite, 503, "SIP/2.0 503 No", sends);
  });
  expect_full_until_t4();
}

// A peer in his dialog asks fifty times a second for what is refused, and acknowledges nothing.
TEST_F(TransactionTableTest, LetsRefusalsThatNobodyAcknowledgesGoWhenFull) {
  fill("INVITE", [&](const Message& invite, auto& sends) {
    table.answer(kStart, flow, invite, 415, "SIP/2.0 415 No", sends);
  });
  expect_full_until_t4();
}

// They hold the Vias of their requests, which may be tens of kilobytes, a hundred thousand times.
TEST_F(TransactionTableTest, KeepsNoMoreThanSoManyBytesOfLongAnswers) {
  std::vector<Send> sends;
  const std::string refusal = "SIP/2.0 503 No";
  auto longest = refusal;
  longest.resize(60'000, ' ');
  const auto most = limits::kSipLongAnswersBytesMax / longest.size();
  const auto refuse = [&](std::size_t number, TimePoint when, const std::string& answer) {
    const auto invite = alice.request("INVITE", 2, "z9hG4bK" + std::to_string(number));
    table.refuse(when, flow, parsed(invite), 503, answer, sends);
    return invite;
  };
  for (std::size_t i = 0; i < most; ++i) refuse(i, kStart, longest);
  EXPECT_EQ(table.size(), most);
  const auto beyond = refuse(most, kStart, longest);
  EXPECT_EQ(sends.size(), most + 1) << "it goes out all the same";
  EXPECT_EQ(table.size(), most);
  EXPECT_EQ(request(1s, beyond).kind, Incoming::Kind::fresh) << "and again for a copy";
  refuse(most + 1, kStart, refusal);
  EXPECT_EQ(table.size(), most + 1) << "a short one is kept";
  at(32s);
  EXPECT_EQ(table.size(), 0U);
  refuse(most + 2, kStart + 33s, longest);
  EXPECT_EQ(table.size(), 1U) << "there is room again";
}

TEST_F(TransactionTableTest, ForgetsTheRefusalsOfTheDoorThatAreOver) {
  std::vector<Send> sends;
  for (int i = 0; i < 1'000; ++i) {
    const auto invite = parsed(alice.request("INVITE", 1, "z9hG4bK" + std::to_string(i)));
    table.refuse(kStart + i * 1s, flow, invite, 503, "SIP/2.0 503 No", sends);
    at((i + 1) * 1s);
  }
  EXPECT_LE(table.lingering(), 33U) << "one a second, of 32 s";
}

TEST_F(TransactionTableTest, AcceptsARequestOnce) {
  const auto invite = alice.invite();
  accept(0s, invite);
  const auto again = table.accept(kStart, flow, parsed(invite), "us", 6);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Code::conflict);
}

TEST_F(TransactionTableTest, LetsTheLongestAnsweredGoWhenFullButNotBeforeT4) {
  fill("BYE", [&](const Message& bye, auto& sends) {
    table.answer(kStart, flow, bye, 200, "SIP/2.0 200 OK", sends);
  });
  EXPECT_EQ(table.size(), limits::kSipTransactionsMax);
  expect_full_until_t4();
  EXPECT_EQ(table.size(), limits::kSipTransactionsMax);
}

TEST_F(TransactionTableTest, WaitsForACancelledInvite64T1) {
  std::string invite;
  const TxId id = send(0s, "INVITE", invite);
  response(0s, response_to(invite, 180));
  std::vector<Send> sends;
  table.cancel(kStart + 10s, id, "", sends);
  response(10s, response_to(sends.at(0).bytes, 200));
  at(41999ms);
  EXPECT_TRUE(gave_up.empty());
  at(42s);
  ASSERT_EQ(gave_up.size(), 1U);
  EXPECT_EQ(gave_up[0].tx, id);
  EXPECT_EQ(table.size(), 0U);
}

}  // namespace
}  // namespace portico::sip
