#include "net/arrival_clock.h"

#include <gtest/gtest.h>

namespace portico::net {
namespace {

constexpr TimePoint kStart{100s};
constexpr std::chrono::nanoseconds kWall = 1'700'000'000s;

TEST(ArrivalClock, TellsHowLongAgoTheKernelGotIt) {
  ArrivalClock clock;
  clock.set(kStart, kWall);
  clock.set(kStart + 5ms, kWall + 5ms);
  EXPECT_EQ(clock.arrived(kWall + 2ms), kStart + 2ms);
  EXPECT_EQ(clock.arrived(kWall + 5ms), kStart + 5ms);
}

TEST(ArrivalClock, TakesTheTimeOfReadingWithoutAStamp) {
  ArrivalClock clock;
  clock.set(kStart, kWall);
  clock.set(kStart + 5ms, kWall + 5ms);
  EXPECT_EQ(clock.arrived(std::nullopt), kStart + 5ms);
}

TEST(ArrivalClock, BelievesNoStampOfTheFutureAndNoneOfLongAgo) {
  ArrivalClock clock;
  clock.set(kStart, kWall);
  clock.set(kStart + 5ms, kWall + 5ms);
  EXPECT_EQ(clock.arrived(kWall + 6ms), kStart + 5ms);
  EXPECT_EQ(clock.arrived(kWall - 3'600s), kStart + 5ms - 1s);
}

TEST(ArrivalClock, LeavesOutTheBatchInWhichTheWallClockWasSet) {
  for (const std::chrono::nanoseconds step :
       {std::chrono::nanoseconds(3'600s), std::chrono::nanoseconds(-3'600s)}) {
    ArrivalClock clock;
    clock.set(kStart, kWall);
    clock.set(kStart + 5ms, kWall + 5ms + step);
    EXPECT_EQ(clock.arrived(kWall + 2ms), kStart + 5ms);
    clock.set(kStart + 10ms, kWall + 10ms + step);
    EXPECT_EQ(clock.arrived(kWall + step + 7ms), kStart + 7ms);
  }
}

// Another socket's batch, read right after the one that found it out.
TEST(ArrivalClock, LeavesOutWhatWasStampedBeforeTheWallClockWasSet) {
  const auto step = 300ms;
  ArrivalClock clock;
  clock.set(kStart, kWall);
  clock.set(kStart + 5ms, kWall + 5ms + step);
  clock.set(kStart + 6ms, kWall + 6ms + step);
  EXPECT_EQ(clock.arrived(kWall + 3ms), kStart + 6ms);
  clock.set(kStart + 10ms, kWall + 10ms + step);
  EXPECT_EQ(clock.arrived(kWall + step + 7ms), kStart + 7ms);
}

}  // namespace
}  // namespace portico::net
