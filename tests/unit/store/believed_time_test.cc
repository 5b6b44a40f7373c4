#include "store/believed_time.h"

#include <gtest/gtest.h>

namespace portico::store {
namespace {

constexpr WallTime kNoon{Millis{1'785'000'000'000}};

// Looks each hour, as upkeep does. `step` is what the wall clock is ahead of where it began.
class Believed : public testing::Test {
 protected:
  Millis look(Millis step) {
    ++hours_;
    const auto passed = hours_ * 1h;
    return believed_.at({.mono = TimePoint(1h) + passed, .wall = kNoon + passed + step}) - (kNoon + passed);
  }
  int hours_ = 0;
  BelievedTime believed_{{.mono = TimePoint(1h), .wall = kNoon}};
};

TEST_F(Believed, IsTheWallClockWhereverItDrifts) {
  for (int hour = 1; hour <= 1'000; ++hour) ASSERT_EQ(look(hour * 1s), hour * 1s);
}

TEST_F(Believed, AStepAheadThatIsTakenBackWithinADayNeverCounted) {
  for (int hour = 1; hour < 24; ++hour) EXPECT_EQ(look(24h * 3'650), 0ms) << hour;
  EXPECT_EQ(look(0ms), 0ms);
  EXPECT_EQ(look(24h * 3'650), 0ms) << "and the next one has a day again";
}

// A machine without a battery, or one that slept.
TEST_F(Believed, AStepAheadThatStandsCountsAfterADay) {
  EXPECT_EQ(look(0ms), 0ms);
  for (int hour = 1; hour < 24; ++hour) EXPECT_EQ(look(24h * 57), 0ms) << hour;
  EXPECT_EQ(look(24h * 57), 24h * 57);
  EXPECT_EQ(look(24h * 57), 24h * 57);
}

TEST_F(Believed, AStepBackCountsAtOnce) {
  EXPECT_EQ(look(-24h), -24h);
  EXPECT_EQ(look(0ms), -24h) << "set right again, it is a step ahead";
}

}  // namespace
}  // namespace portico::store
