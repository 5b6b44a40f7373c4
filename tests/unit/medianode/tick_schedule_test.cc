#include "medianode/tick_schedule.h"

#include <gtest/gtest.h>

namespace portico::medianode {
namespace {

const TimePoint kStart(1h);

TEST(TickSchedule, LatenessDoesNotAddUp) {
  TickSchedule schedule(20ms);
  EXPECT_FALSE(schedule.due(kStart));
  schedule.start(kStart);
  EXPECT_FALSE(schedule.due(kStart + 19ms));
  for (int i = 1; i <= 50; ++i) {
    const auto now = kStart + i * 20ms + 3ms;  // always late, never by a tick
    ASSERT_TRUE(schedule.due(now));
    EXPECT_EQ(schedule.take(now), 0U);
    EXPECT_EQ(schedule.next(), kStart + (i + 1) * 20ms);
  }
}

TEST(TickSchedule, CountsWhatItMissedAndGoesOnFromNow) {
  TickSchedule schedule(20ms);
  schedule.start(kStart);
  EXPECT_EQ(schedule.take(kStart + 95ms), 3U);
  EXPECT_EQ(schedule.next(), kStart + 100ms);
  EXPECT_EQ(schedule.take(kStart + 100ms), 0U);
}

TEST(TickSchedule, StandsStillWhenStopped) {
  TickSchedule schedule(20ms);
  schedule.start(kStart);
  schedule.stop();
  EXPECT_FALSE(schedule.due(kStart + 10h));
  schedule.start(kStart + 10h);
  EXPECT_EQ(schedule.next(), kStart + 10h + 20ms);
  schedule.start(kStart + 11h);
  EXPECT_EQ(schedule.next(), kStart + 10h + 20ms) << "it runs already";
}

}  // namespace
}  // namespace portico::medianode
