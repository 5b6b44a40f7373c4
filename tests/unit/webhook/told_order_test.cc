#include "webhook/told_order.h"

#include <gtest/gtest.h>

namespace portico::webhook {
namespace {

class ToldOrderTest : public ::testing::Test {
 protected:
  ToldOrder::Question question(const std::string& name) {
    return std::make_shared<std::function<void()>>([this, name] { asked += name; });
  }
  ToldOrder order;
  std::string asked;
};

TEST_F(ToldOrderTest, AsksAtOnceWhereNothingWasTold) {
  order.told("c-2 /hook", "x");
  EXPECT_FALSE(order.ask("c-1 /hook", question("a")));
  EXPECT_EQ(asked, "a");
}

TEST_F(ToldOrderTest, AsksAfterAllThatWasToldBefore) {
  order.told("c-1 /hook", "x");
  order.told("c-1 /hook", "y");
  EXPECT_TRUE(order.ask("c-1 /hook", question("a")));
  order.ended("y");
  order.ended("y");
  order.ended("of another process");
  EXPECT_EQ(asked, "");
  order.ended("x");
  EXPECT_EQ(asked, "a");
  EXPECT_FALSE(order.ask("c-1 /hook", question("b")));
  EXPECT_EQ(asked, "ab");
}

TEST_F(ToldOrderTest, LetsGoWhoHasWaitedForLong) {
  const auto first = question("a");
  order.told("c-1 /hook", "x");
  EXPECT_TRUE(order.ask("c-1 /hook", first));
  EXPECT_TRUE(order.ask("c-1 /hook", question("b")));
  order.let_go("c-1 /hook", first);
  order.let_go("c-1 /hook", first);
  EXPECT_EQ(asked, "a");
  order.let_all_go();
  EXPECT_EQ(asked, "ab");
  order.ended("x");
  order.let_go("c-1 /hook", first);
  EXPECT_EQ(asked, "ab");
}

}  // namespace
}  // namespace portico::webhook
