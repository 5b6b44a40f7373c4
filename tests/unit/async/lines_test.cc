#include "async/lines.h"

#include <gtest/gtest.h>

namespace portico::async {
namespace {

std::string take(Lines<int>& lines) {
  const auto next = lines.pop();
  return next ? next->key + std::to_string(next->job) : "none";
}

TEST(Lines, AreServedInTurn) {
  Lines<int> lines(10);
  for (int n = 1; n <= 3; ++n) lines.push("a", n);
  lines.push("b", 1);
  EXPECT_EQ(take(lines), "a1");
  EXPECT_EQ(take(lines), "b1");
  EXPECT_EQ(take(lines), "a2");
  lines.push("c", 1);
  EXPECT_EQ(take(lines), "a3");
  EXPECT_EQ(take(lines), "c1");
  EXPECT_EQ(take(lines), "none");
}

TEST(Lines, HoldOneThatHasAsManyRunningAsItMay) {
  Lines<int> lines(2);
  for (int n = 1; n <= 3; ++n) lines.push("a", n);
  EXPECT_EQ(take(lines), "a1");
  EXPECT_EQ(take(lines), "a2");
  EXPECT_EQ(take(lines), "none");
  lines.push("b", 1);
  EXPECT_EQ(take(lines), "b1");
  lines.done("a");
  EXPECT_EQ(take(lines), "a3");
  lines.done("a");
  lines.done("a");
  lines.done("b");
  EXPECT_EQ(take(lines), "none");
}

TEST(Lines, DropWhatWaitsAndKnowWhatRuns) {
  Lines<int> lines(1);
  for (int n = 1; n <= 3; ++n) lines.push("a", n);
  lines.push("b", 1);
  EXPECT_EQ(take(lines), "a1");
  lines.clear();
  EXPECT_EQ(take(lines), "none");
  lines.push("a", 4);
  EXPECT_EQ(take(lines), "none") << "one of it runs";
  lines.done("a");
  EXPECT_EQ(take(lines), "a4");
}

}  // namespace
}  // namespace portico::async
