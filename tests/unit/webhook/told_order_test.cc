#include "webhook/told_order.h"

#include <gtest/gtest.h>

namespace portico::webhook {
namespace {

constexpr auto kKey = "c-1 /hook";
const TimePoint kNow(1h);

class ToldOrderTest : public ::testing::Test {
 protected:
  ToldOrder::Question question(const std::string& name) {
    return std::make_shared<std::function<void()>>([this, name] { asked += name; });
  }
  ToldOrder order{Millis(2'000)};
  std::string asked;
};

TEST_F(ToldOrderTest, AsksAtOnceWhereNothingWasTold) {
  order.told("c-2 /hook", "x", kNow);
  EXPECT_FALSE(order.ask(kKey, question("a"), kNow));
  EXPECT_EQ(asked, "a");
}

TEST_F(ToldOrderTest, AsksAfterAllThatWasToldBefore) {
  order.told(kKey, "x", kNow);
  order.told(kKey, "y", kNow);
  EXPECT_TRUE(order.ask(kKey, question("a"), kNow));
  order.ended("y");
  order.ended("y");
  order.ended("of another process");
  EXPECT_EQ(asked, "");
  order.ended("x");
  EXPECT_EQ(asked, "a");
  EXPECT_FALSE(order.ask(kKey, question("b"), kNow));
  EXPECT_EQ(asked, "ab");
}

TEST_F(ToldOrderTest, WaitsForNothingThatIsToldLater) {
  order.told(kKey, "x", kNow);
  EXPECT_TRUE(order.ask(kKey, question("a"), kNow));
  order.told(kKey, "y", kNow);
  EXPECT_TRUE(order.ask(kKey, question("b"), kNow));
  order.ended("x");
  EXPECT_EQ(asked, "a");
  order.ended("y");
  EXPECT_EQ(asked, "ab");
}

TEST_F(ToldOrderTest, LetsGoWhoHasWaitedForLong) {
  const auto first = question("a");
  order.told(kKey, "x", kNow);
  EXPECT_TRUE(order.ask(kKey, first, kNow));
  EXPECT_TRUE(order.ask(kKey, question("b"), kNow));
  order.let_go(kKey, first);
  order.let_go(kKey, first);
  EXPECT_EQ(asked, "a");
  order.let_all_go();
  EXPECT_EQ(asked, "ab");
  order.ended("x");
  order.let_go(kKey, first);
  EXPECT_EQ(asked, "ab");
}

TEST_F(ToldOrderTest, NobodyWaitsForWhatWasToldLongAgo) {
  order.told(kKey, "x", kNow);
  order.told(kKey, "y", kNow + 1s);
  EXPECT_TRUE(order.ask(kKey, question("a"), kNow + 2s)) << "for the second";
  EXPECT_FALSE(order.ask(kKey, question("b"), kNow + 3s));
  EXPECT_EQ(asked, "ab");
}

}  // namespace
}  // namespace portico::webhook
