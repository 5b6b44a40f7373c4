#include "admission/reply_budget.h"

#include <gtest/gtest.h>

namespace portico::admission {
namespace {

const TimePoint kStart = TimePoint(1h);
const IpAddress kOne = IpAddress::v4(1);
const IpAddress kTwo = IpAddress::v4(2);

std::size_t sent(ReplyBudget& budget, IpAddress source, std::size_t excess, TimePoint now, int tries) {
  std::size_t bytes = 0;
  for (int i = 0; i < tries; ++i) bytes += budget.take(source, 0, excess, now) ? excess : 0;
  return bytes;
}

TEST(ReplyBudget, IsOneSmallReplyHoweverItIsDivided) {
  ReplyBudget budget;
  EXPECT_EQ(sent(budget, kOne, 400, kStart, 1'000), ReplyBudget::kSmallReplyBytes);
  EXPECT_EQ(sent(budget, kTwo, 1, kStart, 10'000), ReplyBudget::kSmallReplyBytes);
}

TEST(ReplyBudget, RefusesAReplyThatIsLargerByItself) {
  ReplyBudget budget;
  EXPECT_FALSE(budget.take(kOne, 0, ReplyBudget::kSmallReplyBytes + 1, kStart));
  EXPECT_TRUE(budget.take(kOne, 0, ReplyBudget::kSmallReplyBytes, kStart));
}

TEST(ReplyBudget, GivesASourceThatHasProvedItselfALargeReplyToo) {
  ReplyBudget budget;
  budget.proven(kOne, kStart);
  EXPECT_TRUE(budget.take(kOne, 0, ReplyBudget::kSmallReplyBytes + 1, kStart));
}

TEST(ReplyBudget, ALargeReplyToAsLargeARequestIsSmall) {
  ReplyBudget budget;
  EXPECT_TRUE(budget.take(kOne, 1'000, ReplyBudget::kSmallReplyBytes + 1'000, kStart));
}

TEST(ReplyBudget, ARequestThatIsRepeatedIsAnsweredWithinWhatItSent) {
  ReplyBudget budget;
  std::size_t received = 0;
  std::size_t answered = 0;
  bool before = true;
  for (int i = 0; i < 1'000; ++i) {
    const bool now_answered = budget.take(kOne, 400, 700, kStart);
    EXPECT_TRUE(before || now_answered) << "two requests in a row without an answer";
    before = now_answered;
    received += 400;
    answered += now_answered ? 700 : 0;
  }
  EXPECT_LE(answered, received + ReplyBudget::kSmallReplyBytes);
}

TEST(ReplyBudget, IsWholeAgainAfterAMinuteAndNotBefore) {
  ReplyBudget budget;
  sent(budget, kOne, 400, kStart, 3);
  EXPECT_EQ(sent(budget, kOne, 400, kStart + 21s, 10), 400U);
  EXPECT_EQ(sent(budget, kOne, 400, kStart + 200s, 10), ReplyBudget::kSmallReplyBytes);
}

TEST(ReplyBudget, FloodsForAnHourGiveOneSmallReplyAMinute) {
  ReplyBudget budget;
  std::size_t bytes = 0;
  for (int second = 0; second < 3'600; ++second)
    bytes += sent(budget, kOne, 300, kStart + Millis(1'000 * second), 9);
  EXPECT_LE(bytes, 61 * ReplyBudget::kSmallReplyBytes);
}

TEST(ReplyBudget, ASourceThatHasProvedItselfIsFreeForTenMinutes) {
  ReplyBudget budget;
  budget.proven(kOne, kStart);
  EXPECT_EQ(sent(budget, kOne, 400, kStart + 599s, 100), 40'000U);
  EXPECT_EQ(sent(budget, kTwo, 400, kStart + 599s, 100), ReplyBudget::kSmallReplyBytes);
  EXPECT_EQ(sent(budget, kOne, 400, kStart + 601s, 100), ReplyBudget::kSmallReplyBytes);
}

TEST(ReplyBudget, ForgetsTheQuietestSourceWhenFull) {
  ReplyBudget budget(2);
  for (std::uint32_t i = 1; i <= 100; ++i) budget.take(IpAddress::v4(i), 0, 100, kStart);
  EXPECT_EQ(budget.size(), 2U);
}

}  // namespace
}  // namespace portico::admission
