#include "sip/message/stream_framer.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/limits.h"
#include "sip/message/samples.h"

namespace portico::sip {
namespace {

using Kind = Frame::Kind;

struct Seen {
  std::vector<Kind> kinds;
  std::vector<std::string> bodies;
  std::vector<int> statuses;
};

// Pushes in pieces of `step` bytes and pops after each.
Seen run(std::string_view stream, std::size_t step) {
  StreamFramer framer;
  Seen seen;
  while (!stream.empty()) {
    framer.push(stream.substr(0, step));
    stream.remove_prefix(std::min(step, stream.size()));
    for (auto frame = framer.pop(); frame.kind != Kind::none; frame = framer.pop()) {
      seen.kinds.push_back(frame.kind);
      if (frame.kind == Kind::message) seen.bodies.emplace_back(frame.parsed.message.body());
      seen.statuses.push_back(frame.parsed.fault ? frame.parsed.fault->status : 0);
      if (frame.kind == Kind::broken) return seen;
    }
  }
  return seen;
}

class InPieces : public testing::TestWithParam<std::size_t> {};
INSTANTIATE_TEST_SUITE_P(StreamFramer, InPieces, testing::Values(1U, 2U, 3U, 7U, 64U, 1'000'000U));

TEST_P(InPieces, CutsMessagesOneAfterTheOther) {
  const auto other = test::invite_with("Content-Length: 4\r\n\r\nv=0\n", "l : \r\n 0\r\n\r\n");
  const auto seen = run(std::string(test::kInvite) + other + std::string(test::kInvite), GetParam());
  EXPECT_EQ(seen.kinds, (std::vector{Kind::message, Kind::message, Kind::message}));
  EXPECT_EQ(seen.bodies, (std::vector<std::string>{"v=0\n", "", "v=0\n"}));
  EXPECT_EQ(seen.statuses, (std::vector{0, 0, 0}));
}

// The parser takes a fold before the colon for blanks: both must find the same body.
TEST_P(InPieces, AFoldMayStandBeforeTheColon) {
  const auto folded = test::invite_with("Content-Length: 4", "Content-Length\r\n : 4");
  const auto seen = run(folded + std::string(test::kInvite), GetParam());
  EXPECT_EQ(seen.bodies, (std::vector<std::string>{"v=0\n", "v=0\n"}));
  EXPECT_EQ(seen.statuses, (std::vector{0, 0}));
  const auto twice = run(test::invite_and("Content-Length\r\n : 4"), GetParam());
  EXPECT_EQ(twice.kinds, (std::vector{Kind::broken}));
}

TEST_P(InPieces, SeesKeepAlivesBetweenMessages) {
  const auto seen =
      run("\r\n\r\n" + std::string(test::kInvite) + "\r\n" + std::string(test::kInvite) + "\r\n\r\n\r\n\r\n",
          GetParam());
  EXPECT_EQ(seen.kinds, (std::vector{Kind::ping, Kind::message, Kind::message, Kind::ping, Kind::ping}));
}

TEST_P(InPieces, ABodyMayHoldWhatLooksLikeAMessage) {
  const std::string body = "\r\n\r\nINVITE sip:x SIP/2.0\r\n\r\n";
  const auto text = test::invite_with("Content-Length: 4\r\n\r\nv=0\n", "Content-Length: 28\r\n\r\n" + body);
  const auto seen = run(text + std::string(test::kInvite), GetParam());
  EXPECT_EQ(seen.bodies, (std::vector<std::string>{body, "v=0\n"}));
}

TEST_P(InPieces, AFaultInsideAMessageDoesNotEndTheStream) {
  const auto seen = run(test::invite_and("No colon") + std::string(test::kInvite), GetParam());
  EXPECT_EQ(seen.kinds, (std::vector{Kind::message, Kind::message}));
  EXPECT_EQ(seen.statuses, (std::vector{400, 0}));
}

TEST_P(InPieces, LosesTheStreamWithoutASoundContentLength) {
  for (const auto* field : {"X: y", "Content-Length: -1", "Content-Length: 4x",
                            "Content-Length:", "Content-Length: 4, 4", "Content-Length: 4\r\nl: 4"}) {
    const auto seen = run(test::invite_with("Content-Length: 4", field), GetParam());
    ASSERT_EQ(seen.kinds, (std::vector{Kind::broken})) << field;
    EXPECT_EQ(seen.statuses, (std::vector{400})) << field;
  }
}

TEST_P(InPieces, RefusesAMessageOverTheLimit) {
  const auto fits = test::invite_with("Content-Length: 4\r\n\r\nv=0\n", "Content-Length: 65000\r\n\r\n");
  EXPECT_EQ(run(fits + std::string(65'000, 'x'), GetParam()).kinds, (std::vector{Kind::message}));
  const auto long_body = test::invite_with("Content-Length: 4\r\n", "Content-Length: 65536\r\n");
  EXPECT_EQ(run(long_body, GetParam()).statuses, (std::vector{413}));
  const auto endless = "INVITE sip:x SIP/2.0\r\nX: " + std::string(limits::kSipMessageBytesMax, 'x');
  EXPECT_EQ(run(endless, GetParam()).statuses, (std::vector{413}));
}

TEST_P(InPieces, RefusesWhatIsNoSipAtTheFirstByte) {
  EXPECT_EQ(run("\x16\x03\x01\x02", GetParam()).kinds, (std::vector{Kind::broken}));
  EXPECT_EQ(run("\rX", GetParam()).kinds, (std::vector{Kind::broken}));
}

TEST(StreamFramer, ABrokenMessageCanBeAnswered) {
  StreamFramer framer;
  framer.push(test::invite_with("Content-Length: 4\r\n", ""));
  const auto frame = framer.pop();
  ASSERT_EQ(frame.kind, Kind::broken);
  EXPECT_TRUE(frame.parsed.answerable());
  EXPECT_EQ(frame.parsed.fault->status, 400);
  framer.push(test::kInvite);
  EXPECT_EQ(framer.pop().kind, Kind::broken);
}

TEST(StreamFramer, KnowsWhetherAMessageIsUnderWay) {
  StreamFramer framer;
  EXPECT_FALSE(framer.mid_message());
  framer.push(test::kInvite.substr(0, 20));
  EXPECT_EQ(framer.pop().kind, Kind::none);
  EXPECT_TRUE(framer.mid_message());
  framer.push(test::kInvite.substr(20));
  EXPECT_EQ(framer.pop().kind, Kind::message);
  EXPECT_EQ(framer.pop().kind, Kind::none);
  EXPECT_FALSE(framer.mid_message());
}

}  // namespace
}  // namespace portico::sip
