#include "media/jitter_buffer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "base/limits.h"

namespace portico::media {
namespace {

constexpr std::uint32_t kFrameTicks = 160;
constexpr auto kFrame = Millis(20);

TimePoint time(Millis since) { return TimePoint(std::chrono::hours(1)) + since; }

rtp::Packet packet(int number, Bytes& payload) {
  payload.assign(20, static_cast<std::uint8_t>(number));
  return {.header = {.sequence = static_cast<std::uint16_t>(65'500 + number),
                     .timestamp = 0xFFFF'F000U + static_cast<std::uint32_t>(number) * kFrameTicks},
          .payload = payload};
}

struct Arrival {
  Millis at{0};
  int number = 0;
};

void sort_by_time(std::vector<Arrival>& arrivals) {
  std::sort(arrivals.begin(), arrivals.end(), [](const auto& a, const auto& b) {
    return std::pair(a.at, a.number) < std::pair(b.at, b.number);
  });
}

struct Outcome {
  std::vector<int> played;  // numbers (modulo 256) in the order heard; -1: made up or silence
  int late = 0;
  int duplicate = 0;
  int overflow = 0;
  int waiting = 0;
  int dry = 0;
  Duration longest{0};  // delay held
};

// Frames are played each 20 ms, the first `phase` after the first packet was sent.
Outcome play(std::vector<Arrival> arrivals, int frames, Millis phase = Millis(10)) {
  sort_by_time(arrivals);
  JitterBuffer buffer(8'000);
  Outcome out;
  std::size_t next = 0;
  Bytes payload;
  for (int i = 0; i < frames; ++i) {
    const auto now = kFrame * i + phase;
    for (; next < arrivals.size() && arrivals[next].at <= now; ++next) {
      const auto put = buffer.put(time(arrivals[next].at), packet(arrivals[next].number, payload));
      out.late += put == JitterBuffer::Put::late;
      out.duplicate += put == JitterBuffer::Put::duplicate;
      out.overflow += put == JitterBuffer::Put::overflow;
    }
    out.longest = std::max(out.longest, buffer.delay());
    for (int pulls = buffer.should_shrink() ? 2 : 1; pulls > 0; --pulls) {
      const auto pulled = buffer.pull(time(now));
      out.waiting += pulled.next == JitterBuffer::Next::waiting;
      out.dry += pulled.next == JitterBuffer::Next::dry;
      const bool real = pulled.next == JitterBuffer::Next::packet;
      out.played.push_back(real ? pulled.payload[0] : -1);
      if (real) buffer.advance(kFrameTicks);
    }
  }
  return out;
}

// `count` packets, one each 20 ms, each delayed by up to `jitter`, lost or doubled by chance.
std::vector<Arrival> network(unsigned seed, int count, Millis jitter, double loss, double doubled) {
  std::mt19937 random(seed);
  std::uniform_int_distribution<std::int64_t> delay(0, jitter.count());
  std::uniform_real_distribution<double> chance(0, 1);
  std::vector<Arrival> out;
  for (int i = 0; i < count; ++i) {
    if (chance(random) < loss) continue;
    out.push_back({.at = kFrame * i + Millis(delay(random)), .number = i});
    if (chance(random) < doubled) out.push_back({.at = out.back().at + Millis(delay(random)), .number = i});
  }
  return out;
}

int real_ones(const Outcome& outcome) {
  return static_cast<int>(
      std::count_if(outcome.played.begin(), outcome.played.end(), [](int n) { return n >= 0; }));
}

// No frame is heard twice or out of turn, whatever the network does.
bool in_order(const Outcome& outcome) {
  int last = -1;
  for (const int number : outcome.played) {
    if (number < 0) continue;
    if (last >= 0 && static_cast<std::uint8_t>(number - last) == 0) return false;
    if (last >= 0 && static_cast<std::uint8_t>(number - last) > 128) return false;
    last = number;
  }
  return true;
}

TEST(JitterBuffer, PassesAnEvenStreamWithLittleDelay) {
  const auto outcome = play(network(1, 500, Millis(0), 0, 0), 500);
  EXPECT_GE(real_ones(outcome), 498);
  EXPECT_EQ(outcome.dry, 0);
  EXPECT_LE(outcome.longest, Millis(40));
  EXPECT_TRUE(in_order(outcome));
}

// However the clocks of the two ends stand to each other: a frame that is played in the very moment in which
// packets come would find now one, now none.
TEST(JitterBuffer, NeverRunsDryForLessThanHalfAFrameOfJitter) {
  for (int phase = 0; phase < 20; ++phase) {
    const auto outcome = play(network(9, 3'000, Millis(9), 0, 0), 3'000, Millis(phase));
    EXPECT_EQ(outcome.dry, 0) << phase;
    EXPECT_LE(outcome.waiting, 2) << phase;
    EXPECT_EQ(real_ones(outcome), 3'000 - outcome.waiting) << phase << ": nothing was left out";
    EXPECT_LE(outcome.longest, Millis(60)) << phase;
  }
}

// What was made up while nothing had come fills the hole that shows later; it is not filled again, and no
// good frame is left out to make up for that.
TEST(JitterBuffer, AHoleIsFilledOnce) {
  for (int phase = 0; phase < 20; ++phase) {
    auto arrivals = network(9, 500, Millis(0), 0, 0);
    std::erase_if(arrivals, [](const Arrival& one) { return one.number >= 100 && one.number < 103; });
    const auto outcome = play(arrivals, 500, Millis(phase));
    EXPECT_EQ(outcome.played.size(), 500U) << phase;
    EXPECT_EQ(real_ones(outcome), 497 - outcome.waiting) << phase;
    EXPECT_LE(outcome.waiting, 2) << phase;
  }
}

struct Weather {
  unsigned seed;
  Millis jitter;
  double loss;
  double doubled;
  double heard_at_least;  // share of the packets that did come
  Millis delay_at_most;
};

TEST(JitterBuffer, HoldsAgainstLossReorderingAndDuplicates) {
  const Weather table[] = {
      {11, Millis(0), 0.05, 0.00, 0.99, Millis(60)},    {12, Millis(15), 0.00, 0.00, 0.98, Millis(100)},
      {13, Millis(30), 0.02, 0.02, 0.97, Millis(140)},  {14, Millis(60), 0.05, 0.05, 0.95, Millis(220)},
      {15, Millis(100), 0.10, 0.10, 0.93, Millis(320)}, {16, Millis(5), 0.30, 0.30, 0.98, Millis(140)},
  };
  for (const auto& weather : table) {
    const int count = 1'500;
    const auto arrivals = network(weather.seed, count, weather.jitter, weather.loss, weather.doubled);
    const auto outcome = play(arrivals, count + 20);
    int came = 0;
    std::vector<bool> seen(count, false);
    for (const auto& arrival : arrivals) {
      came += !seen[static_cast<std::size_t>(arrival.number)];
      seen[static_cast<std::size_t>(arrival.number)] = true;
    }
    EXPECT_TRUE(in_order(outcome)) << "seed " << weather.seed;
    EXPECT_GE(real_ones(outcome), came * weather.heard_at_least) << "seed " << weather.seed;
    EXPECT_LE(outcome.longest, weather.delay_at_most) << "seed " << weather.seed;
    EXPECT_EQ(real_ones(outcome) + outcome.late + outcome.overflow + outcome.duplicate,
              static_cast<int>(arrivals.size()))
        << "every packet is accounted for, seed " << weather.seed;
  }
}

TEST(JitterBuffer, CountsDuplicatesAndLateOnesApart) {
  std::vector<Arrival> arrivals;
  for (int i = 0; i < 50; ++i) {
    if (i != 30) arrivals.push_back({.at = kFrame * i, .number = i});
  }
  arrivals.push_back({.at = kFrame * 20 + Millis(1), .number = 20});  // again while it waits or just played
  arrivals.push_back({.at = kFrame * 45, .number = 25});              // again long after
  arrivals.push_back({.at = kFrame * 45, .number = 30});              // the lost one, far too late
  const auto outcome = play(arrivals, 60);
  EXPECT_EQ(outcome.duplicate, 2);
  EXPECT_EQ(outcome.late, 1);
  EXPECT_EQ(real_ones(outcome), 49);
}

TEST(JitterBuffer, NeverHoldsMoreThanItsLimit) {
  std::vector<Arrival> arrivals;
  for (int i = 0; i < 100; ++i)
    arrivals.push_back({.at = Millis(1'000), .number = i});  // 2 s of audio at once
  const auto outcome = play(arrivals, 150);
  EXPECT_LE(outcome.longest, limits::kJitterBufferMax);
  EXPECT_GT(outcome.overflow, 50);
  EXPECT_TRUE(in_order(outcome));
  EXPECT_EQ(outcome.played.back(), -1);
}

TEST(JitterBuffer, ShrinksAgainWhenTheNetworkHasCalmedDown) {
  auto arrivals = network(3, 200, Millis(120), 0, 0);
  for (int i = 200; i < 2'500; ++i) arrivals.push_back({.at = kFrame * i, .number = i});
  JitterBuffer buffer(8'000);
  sort_by_time(arrivals);
  Bytes payload;
  std::size_t next = 0;
  Duration rough{0};
  for (int i = 0; i < 2'500; ++i) {
    const auto now = kFrame * i + Millis(10);
    for (; next < arrivals.size() && arrivals[next].at <= now; ++next) {
      buffer.put(time(arrivals[next].at), packet(arrivals[next].number, payload));
    }
    for (int pulls = buffer.should_shrink() ? 2 : 1; pulls > 0; --pulls) {
      if (buffer.pull(time(now)).next == JitterBuffer::Next::packet) buffer.advance(kFrameTicks);
    }
    if (i == 190) rough = buffer.target();
  }
  EXPECT_GT(rough, Millis(60));
  EXPECT_LE(buffer.target(), Millis(40));
  EXPECT_LE(buffer.delay(), Millis(60));
}

TEST(JitterBuffer, MeasuresAnewWhenTheClockOfTheSenderJumpsBack) {
  JitterBuffer buffer(8'000);
  Bytes payload;
  const auto hear = [&](int number, Millis at, std::uint32_t back) {
    auto one = packet(number, payload);
    one.header.timestamp -= back;
    EXPECT_EQ(buffer.put(time(at), one), JitterBuffer::Put::taken);
    if (buffer.pull(time(at)).next == JitterBuffer::Next::packet) buffer.advance(kFrameTicks);
  };
  for (int i = 0; i < 100; ++i) hear(i, kFrame * i, 0);
  for (int i = 100; i < 150; ++i) hear(i, kFrame * i, 80'000);
  EXPECT_LT(buffer.target(), Millis(60));
  EXPECT_LT(buffer.delay(), Millis(60));
  // Ten packets that were held up for 200 ms and come at once are no jump.
  for (int i = 150; i < 160; ++i) hear(i, kFrame * 160, 80'000);
  EXPECT_GT(buffer.target(), Millis(180));
}

TEST(JitterBuffer, APacketThatCameBeforeTheFirstOneIsNotLate) {
  JitterBuffer buffer(8'000);
  Bytes payload;
  buffer.put(time(Millis(100)), packet(1, payload));
  buffer.put(time(Millis(99)), packet(2, payload));
  EXPECT_LT(buffer.target(), Millis(60));
}

TEST(JitterBuffer, SilenceOnPurposeAndSkippedNumbersAreNoLoss) {
  JitterBuffer buffer(8'000);
  Bytes payload;
  for (int i = 0; i < 3; ++i) buffer.put(time(Millis(i)), packet(i, payload));
  buffer.skip(static_cast<std::uint16_t>(65'500 + 3));
  auto after = packet(4, payload);
  after.header.timestamp += 2 * kFrameTicks;  // three frames were not sent as audio
  buffer.put(time(Millis(5)), after);
  std::vector<JitterBuffer::Next> seen;
  for (int i = 0; i < 7; ++i) {
    const auto pulled = buffer.pull(time(Millis(100) + kFrame * i));
    if (pulled.next == JitterBuffer::Next::packet) buffer.advance(kFrameTicks);
    seen.push_back(pulled.next);
  }
  using Next = JitterBuffer::Next;
  EXPECT_EQ(seen, (std::vector<Next>{Next::packet, Next::packet, Next::packet, Next::pause, Next::pause,
                                     Next::pause, Next::packet}));
}

TEST(JitterBuffer, GoesOnAfterALongSilence) {
  std::vector<Arrival> arrivals;
  for (int i = 0; i < 50; ++i) arrivals.push_back({.at = kFrame * i, .number = i});
  for (int i = 50; i < 100; ++i) arrivals.push_back({.at = kFrame * (i + 500), .number = i});
  const auto outcome = play(arrivals, 700);
  EXPECT_GE(real_ones(outcome), 98);
  EXPECT_TRUE(in_order(outcome));
}

TEST(JitterBuffer, LivesThroughNumbersThatMakeNoSense) {
  std::mt19937 random(99);
  JitterBuffer buffer(48'000);
  Bytes payload(40, 1);
  std::size_t real = 0;
  for (int i = 0; i < 20'000; ++i) {
    const rtp::Packet wild{.header = {.sequence = static_cast<std::uint16_t>(random()),
                                      .timestamp = static_cast<std::uint32_t>(random())},
                           .payload = payload};
    if (i % 3 != 0) buffer.put(time(Millis(i)), wild);
    if (i % 7 == 0) buffer.skip(static_cast<std::uint16_t>(random()));
    const auto pulled = buffer.pull(time(Millis(i)));
    if (pulled.next == JitterBuffer::Next::packet) {
      ++real;
      buffer.advance(960);
      ASSERT_EQ(pulled.payload.size(), payload.size());
    }
    buffer.should_shrink();
    ASSERT_LE(buffer.packets(), 64U);
  }
  EXPECT_GT(real, 100U);
}

}  // namespace
}  // namespace portico::media
