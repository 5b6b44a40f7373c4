#include "medianode/sound_cache.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>

#include "audio/goertzel.h"
#include "audio/pcm.h"
#include "audio/tones.h"
#include "media/engine.h"
#include "media/party.h"

namespace portico::medianode {
namespace {

audio::Pcm sound_of(std::size_t samples, std::int16_t value = 1) {
  return {.rate = 8'000, .samples = std::vector<std::int16_t>(samples, value)};
}

TEST(SoundCache, FindsWhatWasPutAndNothingElse) {
  SoundCache cache;
  ASSERT_TRUE(cache.put("hello", sound_of(160, 7)).has_value());
  const auto found = cache.find("hello");
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->samples, std::vector<std::int16_t>(160, 7));
  EXPECT_EQ(cache.find("other"), nullptr);
}

TEST(SoundCache, KeepsTheFirstSoundOfAKey) {
  SoundCache cache;
  ASSERT_TRUE(cache.put("key", sound_of(10, 1)).has_value());
  const auto again = cache.put("key", sound_of(20, 2));
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ((*again)->samples.size(), 10U);
  EXPECT_EQ(cache.size(), 1U);
}

TEST(SoundCache, ThrowsOutTheLeastRecentlyUsed) {
  SoundCache cache(10'000);  // room for four of a thousand samples
  for (const auto* key : {"a", "b", "c", "d"}) ASSERT_TRUE(cache.put(key, sound_of(1'000)).has_value());
  EXPECT_NE(cache.find("a"), nullptr);
  ASSERT_TRUE(cache.put("e", sound_of(1'000)).has_value());
  EXPECT_NE(cache.find("a"), nullptr);
  EXPECT_EQ(cache.find("b"), nullptr);
  EXPECT_LE(cache.bytes(), 10'000U);
}

TEST(SoundCache, KeepsWhatIsPlaying) {
  SoundCache cache(5'000);
  auto playing = *cache.put("playing", sound_of(1'000));
  ASSERT_TRUE(cache.put("idle", sound_of(1'000)).has_value());
  ASSERT_TRUE(cache.put("next", sound_of(1'000)).has_value());
  EXPECT_NE(cache.find("playing"), nullptr);
  EXPECT_EQ(cache.find("idle"), nullptr);
  const auto also = cache.find("next");
  EXPECT_EQ(cache.put("third", sound_of(1'000)).error().code, Code::busy);
  playing.reset();
  EXPECT_TRUE(cache.put("third", sound_of(1'000)).has_value());
}

// Callers who know the menu press a key at its first word.
TEST(SoundCache, PromptsThatAreCutShortLeaveRoomForOthers) {
  SoundCache cache(1'000'000);
  media::Engine engine({.mono = media::at(Millis(0)), .wall = WallTime(Millis(0))}, cache);
  ASSERT_TRUE(engine.add_port(media::at(Millis(0)), media::kPort, {}));
  std::uint64_t seq = 0;
  const auto apply = [&](Millis now, auto command) {
    command.port = media::kPort;
    command.seq = ++seq;
    engine.apply(media::at(now), std::move(command));
  };
  apply(Millis(0), media::Configure{.stream = media::stream_of(Codec::pcmu)});
  std::string before = "prompt 0";
  for (int i = 0; i < 100; ++i) {
    const auto key = "prompt " + std::to_string(i);
    ASSERT_TRUE(cache.put(key, sound_of(50'000))) << i;
    apply(Millis(i * 40), media::Play{.play = 1, .sounds = {key, before}});
    engine.tick(media::at(Millis(i * 40 + 20)));
    apply(Millis(i * 40 + 20), media::Stop{});
    const auto& events = engine.outputs().events;
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(std::get<media::PlayEnded>(events[0]).end, media::PlayEnd::stopped);
    engine.outputs().clear();
    before = key;
  }
}

TEST(SoundCache, KeepsNoMoreOfASoundThanACallCanCarry) {
  SoundCache cache(1'000'000);
  const auto kept = cache.put("music", audio::make_sine(44'100, 1'000, Millis(20'000)));  // 1.8 MB
  ASSERT_TRUE(kept.has_value()) << kept.error().what;
  EXPECT_EQ((*kept)->rate, 16'000U);
  EXPECT_NEAR(static_cast<double>((*kept)->samples.size()), 320'000, 10);
  EXPECT_GT(audio::tone_share((*kept)->samples, 16'000, 1'000), 0.99);
  EXPECT_EQ((*cache.put("low", sound_of(800)))->rate, 8'000U);
}

TEST(SoundCache, RefusesASoundLargerThanItself) {
  SoundCache cache(1'000);
  EXPECT_EQ(cache.put("large", sound_of(1'000)).error().code, Code::too_large);
  EXPECT_EQ(cache.size(), 0U);
}

TEST(SoundCache, ReadersAndWritersDoNotDisturbEachOther) {
  SoundCache cache(200'000);
  std::atomic<bool> stop{false};
  std::atomic<int> wrong{0};
  std::vector<std::thread> readers;
  for (int r = 0; r < 2; ++r)
    readers.emplace_back([&] {
      for (int i = 0; !stop; ++i) {
        const auto n = static_cast<std::int16_t>(i % 300);
        const auto found = cache.find("sound " + std::to_string(n));
        if (found && (found->samples.size() != 1'000 || found->samples[500] != n)) ++wrong;
      }
    });
  for (int round = 0; round < 3; ++round)
    for (std::int16_t n = 0; n < 300; ++n)
      EXPECT_TRUE(cache.put("sound " + std::to_string(n), sound_of(1'000, n)).has_value());
  stop = true;
  for (auto& reader : readers) reader.join();
  EXPECT_EQ(wrong, 0);
  EXPECT_LE(cache.bytes(), 200'000U);
}

}  // namespace
}  // namespace portico::medianode
