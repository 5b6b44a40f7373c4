#include "rtp/receive_statistics.h"

#include <gtest/gtest.h>

#include <utility>

namespace portico::rtp {
namespace {

using Verdict = ReceiveStatistics::Verdict;

struct Source {
  ReceiveStatistics statistics{8'000};
  TimePoint now{1000s};

  // A packet of 20 ms that arrives `jitter` later than it should.
  Verdict hear(std::uint32_t number, Duration jitter = Duration::zero()) {
    return statistics.on_packet(static_cast<std::uint16_t>(number), number * 160,
                                now + number * 20ms + jitter);
  }
};

TEST(ReceiveStatistics, KnowNoLossWhereNothingIsMissing) {
  Source source;
  for (std::uint32_t i = 100; i < 200; ++i) EXPECT_EQ(source.hear(i), Verdict::in_order);
  EXPECT_EQ(source.statistics.received(), 100U);
  EXPECT_EQ(source.statistics.expected(), 100U);
  EXPECT_EQ(source.statistics.lost(), 0);
  EXPECT_EQ(source.statistics.jitter_ticks(), 0U);
}

TEST(ReceiveStatistics, ReportTheFractionSinceTheLastReport) {
  Source source;
  for (std::uint32_t i = 0; i < 100; ++i) {
    if (i % 4 != 3) (void)source.hear(i);
  }
  (void)source.hear(100);
  auto block = source.statistics.make_report(7, source.now);
  EXPECT_EQ(block.ssrc, 7U);
  EXPECT_EQ(block.cumulative_lost, 25);
  EXPECT_EQ(block.fraction_lost, 25 * 256 / 101);
  for (std::uint32_t i = 101; i < 200; ++i) (void)source.hear(i);
  block = source.statistics.make_report(7, source.now);
  EXPECT_EQ(block.fraction_lost, 0);
  EXPECT_EQ(block.cumulative_lost, 25);
  EXPECT_EQ(block.extended_highest, 199U);
}

TEST(ReceiveStatistics, CountLateAndDuplicatePacketsAsReceived) {
  Source source;
  (void)source.hear(10);
  (void)source.hear(12);
  EXPECT_EQ(source.hear(11), Verdict::late);
  EXPECT_EQ(source.statistics.lost(), 0);
  EXPECT_EQ(source.hear(12), Verdict::late);
  EXPECT_EQ(source.statistics.lost(), -1);
  const auto block = source.statistics.make_report(1, source.now);
  EXPECT_EQ(block.fraction_lost, 0);  // never negative
  EXPECT_EQ(block.cumulative_lost, -1);
}

TEST(ReceiveStatistics, CountCyclesOfTheSequenceNumber) {
  Source source;
  for (std::uint32_t i = 65'000; i < 66'000; ++i) EXPECT_EQ(source.hear(i), Verdict::in_order);
  EXPECT_EQ(source.statistics.extended_highest(), 65'999U);
  EXPECT_EQ(source.statistics.extend(463), 65'999);
  EXPECT_EQ(source.statistics.extend(65'500), 65'500);
  EXPECT_EQ(source.statistics.expected(), 1'000U);
}

TEST(ReceiveStatistics, DisbelieveAJumpUntilItGoesOn) {
  Source source;
  (void)source.hear(1);
  EXPECT_EQ(source.hear(30'000), Verdict::jumped);
  EXPECT_EQ(source.hear(2), Verdict::in_order);  // it was a stray
  EXPECT_EQ(source.hear(30'000), Verdict::jumped);
  EXPECT_EQ(source.hear(30'001), Verdict::restarted);
  EXPECT_EQ(source.statistics.expected(), 1U);
  EXPECT_EQ(source.statistics.lost(), 0);
}

TEST(ReceiveStatistics, DisbelieveNumbersThatRunBesideTheStream) {
  Source source;
  for (std::uint32_t i = 0; i < 100; ++i) {
    EXPECT_EQ(source.hear(i), Verdict::in_order);
    const auto other = static_cast<std::uint16_t>(30'000 + i);
    EXPECT_EQ(source.statistics.on_packet(other, 0, source.now + i * 20ms), Verdict::jumped);
  }
  EXPECT_EQ(source.statistics.expected(), 100U);
}

TEST(ReceiveStatistics, FollowTheJitterFormulaOfAppendixA8) {
  Source source;
  (void)source.hear(0);
  double expected = 0;
  for (std::uint32_t i = 1; i < 400; ++i) {
    (void)source.hear(i, i % 2 != 0 ? 5ms : 0ms);  // transit differs by 40 ticks each time
    expected += (40 - expected) / 16;
  }
  EXPECT_NEAR(source.statistics.jitter_ticks(), expected, 1.0);
  EXPECT_NEAR(std::chrono::duration<double>(source.statistics.jitter()).count(), 0.005, 0.0002);
}

TEST(ReceiveStatistics, TakeNoChangeOfClockForJitter) {
  const auto after_the_change = [](std::uint32_t clock_rate) {
    Source source;
    for (std::uint32_t i = 0; i < 200; ++i) (void)source.hear(i, i % 2 == 0 ? 0ms : 10ms);
    const auto before = source.statistics.jitter_ticks();
    source.statistics.set_clock(clock_rate);
    (void)source.statistics.on_packet(200, 0x1234'5678, source.now + 200 * 20ms);  // begins where it likes
    return std::pair(before, source.statistics.jitter_ticks());
  };
  const auto same_rate = after_the_change(8'000);
  EXPECT_EQ(same_rate.first, same_rate.second);
  const auto other_rate = after_the_change(48'000);
  EXPECT_GT(other_rate.first, 0U);
  EXPECT_EQ(other_rate.second, 0U) << "ticks of the old clock mean nothing on the new one";
}

TEST(ReceiveStatistics, SurviveTimestampsThatMakeNoSense) {
  ReceiveStatistics statistics(48'000);
  std::uint16_t sequence = 0;
  for (const std::uint32_t timestamp : {0U, 0x8000'0000U, 0xFFFF'FFFFU, 1U, 0x7FFF'FFFFU}) {
    (void)statistics.on_packet(sequence++, timestamp, TimePoint{5s});
  }
  EXPECT_EQ(statistics.received(), 5U);
  EXPECT_LE(statistics.jitter_ticks(), 0x8000'0000U);
}

TEST(ReceiveStatistics, EchoTheLastSenderReportWithItsDelay) {
  Source source;
  (void)source.hear(0);
  source.statistics.on_sender_report({.seconds = 0x1111'2222, .fraction = 0x3333'4444}, source.now);
  const auto block = source.statistics.make_report(1, source.now + 1500ms);
  EXPECT_EQ(block.last_sr, 0x2222'3333U);
  EXPECT_EQ(block.delay_since_last_sr, 98'304U);  // 1.5 s
}

TEST(ReceiveStatistics, SayNothingOfASourceNeverHeard) {
  ReceiveStatistics statistics(8'000);
  EXPECT_EQ(statistics.make_report(9, TimePoint{1s}), (ReportBlock{.ssrc = 9}));
}

}  // namespace
}  // namespace portico::rtp
