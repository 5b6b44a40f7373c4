#include "media/sound_shelf.h"

#include <gtest/gtest.h>

#include "audio/frame.h"
#include "audio/goertzel.h"
#include "media/party.h"

namespace portico::media {
namespace {

void play_through(EncodedSound& sound) {
  for (std::size_t i = 0; i < sound.frames(); ++i) sound.frame(i);
}
void play_through(const SoundShelf::Found& found) { play_through(*found.sound); }

TEST(EncodedSound, EncodesAFrameAtATimeAndEachOnlyOnce) {
  const auto source = std::make_shared<audio::Pcm>(audio::make_sine(44'100, 440, Millis(2'010)));
  SoundRoom room{.max = 1U << 30U};
  EncodedSound sound(source, Codec::g722, room);
  EXPECT_EQ(sound.frames(), 101U) << "the last one is filled up";
  EXPECT_EQ(sound.bytes(), 0U) << "nothing before it is played";
  sound.frame(0);
  const auto first = sound.bytes();
  EXPECT_GT(first, 0U);
  const auto early = sound.frame(60);
  const Bytes copy(early.payload.begin(), early.payload.end());
  play_through(sound);
  const auto again = sound.frame(60);
  EXPECT_EQ(Bytes(again.payload.begin(), again.payload.end()), copy);
  EXPECT_EQ(again.payload.size(), 160U);
  EXPECT_EQ(again.samples.size(), 320U);
  EXPECT_TRUE(sound.complete());
  const auto last = sound.frame(100);
  EXPECT_FALSE(audio::is_silence(last.samples.first(100)));
  EXPECT_TRUE(audio::is_silence(last.samples.last(100)));
}

// Each second of it has a level of its own.
std::shared_ptr<audio::Pcm> make_steps(unsigned rate, std::size_t seconds) {
  auto source = std::make_shared<audio::Pcm>();
  source->rate = rate;
  for (std::size_t i = 0; i < seconds * rate; ++i) {
    source->samples.push_back(static_cast<std::int16_t>(i / rate * 20));
  }
  return source;
}
// How far that frame of it is from its level.
int off_level(EncodedSound& sound, std::size_t index) {
  return sound.frame(index).samples[80] - static_cast<int>(index / 50 * 20);
}

TEST(EncodedSound, MakesNoMoreThanASecondOrTwoWhereverItIsPlayed) {
  for (const unsigned rate : {8'000U, 16'000U}) {
    const auto source = make_steps(rate, 600);
    SoundRoom room{.max = 1U << 30U};
    EncodedSound sound(source, Codec::pcma, room);
    sound.frame(10);
    const auto a_second = sound.bytes();
    const auto off = [&](std::size_t index) { return off_level(sound, index); };
    EXPECT_NEAR(off(25'020), 0, 5);
    EXPECT_LE(sound.bytes(), 3 * a_second);
    // Two who play at the same time, far from each other.
    for (std::size_t i = 0; i < 200; ++i) {
      EXPECT_NEAR(off(25'020 + i), 0, 5) << i;
      EXPECT_NEAR(off(11 + i), 0, 5) << i;
    }
    EXPECT_LE(sound.bytes(), 11 * a_second) << "each second once";
    EXPECT_NEAR(off(29'999), 0, 5);
    play_through(sound);
    EXPECT_EQ(sound.bytes(), 600 * a_second);
    for (std::size_t i = 0; i < 600; ++i) EXPECT_NEAR(off(i * 50 + 20), 0, 5);
    EXPECT_TRUE(sound.complete());
  }
}

TEST(SoundShelf, ThrowsOutTheLongestUnusedButNeverOneThatPlays) {
  Sounds source;
  for (const auto* key : {"a", "b", "c", "d"}) source.put(key, audio::make_sine(8'000, 440, Millis(10'000)));
  SoundShelf shelf(source, 500'000);  // two of 10 s: 160 kB of samples, 80 kB of payload each
  const auto playing = shelf.find("a", Codec::pcmu);
  play_through(playing);
  for (const auto* key : {"b", "c", "d"}) play_through(shelf.find(key, Codec::pcmu));
  EXPECT_LT(shelf.bytes(), 800'000U);
  const auto lookups = source.lookups;
  EXPECT_EQ(shelf.find("a", Codec::pcmu).sound, playing.sound);
  EXPECT_EQ(source.lookups, lookups);
  shelf.find("b", Codec::pcmu);
  EXPECT_EQ(source.lookups, lookups + 1) << "b had to go";
}

TEST(SoundShelf, WeighsWhatItHoldsAndLooksAtFewForOneMore) {
  Sounds source;
  SoundShelf shelf(source, 200'000);
  std::vector<SoundShelf::Found> playing;
  for (int i = 0; i < 100; ++i) {
    const auto key = "playing-" + std::to_string(i);
    source.put(key, audio::make_sine(8'000, 440, Millis(1'000)));
    playing.push_back(shelf.find(key, Codec::pcmu));
    play_through(playing.back());
  }
  const auto all = shelf.bytes();
  EXPECT_GT(all, 2'400'000U);
  playing.clear();
  for (int i = 0; i < 10; ++i) {
    source.put("new-" + std::to_string(i), audio::make_sine(8'000, 440, Millis(1'000)));
    (void)shelf.find("new-" + std::to_string(i), Codec::pcmu);
    if (i == 0) EXPECT_GT(shelf.bytes(), all / 2) << "not everything at once";
  }
  EXPECT_LE(shelf.bytes(), 210'000U);
  source.put("last", audio::make_sine(8'000, 440, Millis(5'000)));
  play_through(shelf.find("last", Codec::pcmu));
  EXPECT_LE(shelf.bytes(), 230'000U)
      << "what is made later weighs as well, and drives out what is not played";
}

// Dozens of calls that play an hour each would otherwise hold gigabytes.
TEST(SoundShelf, WhatPlaysKeepsItsLastSecondsWhereThereIsNoRoom) {
  Sounds source;
  source.put("long", *make_steps(8'000, 600));
  SoundShelf shelf(source, 100'000);
  const auto playing = shelf.find("long", Codec::pcma);
  auto& sound = *playing.sound;
  for (std::size_t i = 0; i < 2'000; ++i) EXPECT_NEAR(off_level(sound, 20'000 + i), 0, 5) << i;
  EXPECT_GT(shelf.bytes(), 100'000U);
  EXPECT_LT(shelf.bytes(), 180'000U);
  for (std::size_t i = 0; i < 2'000; ++i) {
    EXPECT_NEAR(off_level(sound, 22'000 + i), 0, 5) << i;
    EXPECT_NEAR(off_level(sound, 20'000 + i), 0, 5) << "one far behind, " << i;
    EXPECT_NEAR(off_level(sound, 22'000 + i - 40), 0, 5) << "one a little behind, " << i;
  }
  EXPECT_LT(shelf.bytes(), 300'000U);
  play_through(sound);
  EXPECT_FALSE(sound.complete()) << "the samples are needed still";
  for (std::size_t i = 0; i < sound.frames(); i += 7) EXPECT_NEAR(off_level(sound, i), 0, 5) << i;
}

TEST(SoundShelf, ALoopDoesNotGrowBackWhereThereIsNoRoom) {
  Sounds source;
  source.put("loop", *make_steps(8'000, 20));
  SoundShelf shelf(source, 50'000);
  const auto playing = shelf.find("loop", Codec::pcma);
  for (int round = 0; round < 30; ++round) {
    for (std::size_t i = 0; i < playing.sound->frames(); ++i) EXPECT_NEAR(off_level(*playing.sound, i), 0, 5);
    EXPECT_LT(shelf.bytes(), 200'000U) << round << ", of 480,000";
  }
}

TEST(SoundShelf, WhatPlaysIsKeptAtTheCostOfWhatDoesNot) {
  Sounds source;
  SoundShelf shelf(source, 100'000);
  for (int i = 0; i < 10; ++i) {
    const auto key = "said once " + std::to_string(i);
    source.put(key, audio::make_sine(8'000, 440, Millis(1'000)));
    play_through(shelf.find(key, Codec::pcmu));
  }
  source.put("long", *make_steps(8'000, 3));
  const auto playing = shelf.find("long", Codec::pcmu);
  play_through(playing);
  EXPECT_TRUE(playing.sound->complete());
  EXPECT_LE(shelf.bytes(), 110'000U);
}

TEST(SoundShelf, ASoundThatWasCutShortHoldsNoSamplesAndGoesOnWhereItWas) {
  Sounds source;
  source.put("a", audio::make_sine(16'000, 440, Millis(5'000)));
  SoundShelf shelf(source);
  std::vector<std::int16_t> heard;
  for (const std::size_t until : {30U, 90U, 250U}) {
    const auto playing = shelf.find("a", Codec::pcmu);
    for (auto i = heard.size() / 160; i < until; ++i) {
      const auto frame = playing.sound->frame(i).samples;
      heard.insert(heard.end(), frame.begin(), frame.end());
    }
    source.put("a", audio::Pcm(*source.sounds["a"]));  // the cache threw it out and has it again
  }
  EXPECT_GT(audio::tone_share(heard, 8'000, 440), 0.99) << "without a seam";
  const auto complete = shelf.find("a", Codec::pcmu);
  EXPECT_EQ(complete.source, nullptr);
  source.sounds.clear();
  EXPECT_NE(shelf.find("a", Codec::pcmu).sound, nullptr);
  EXPECT_EQ(shelf.find("b", Codec::pcmu).sound, nullptr);
}

TEST(SoundShelf, KeepsNoMoreThanSoManyHoweverSmallAndNoneThatIsEmpty) {
  Sounds source;
  SoundShelf shelf(source);
  for (std::size_t i = 0; i < SoundShelf::kSoundsMax + 100; ++i) {
    const auto key = "s-" + std::to_string(i);
    source.put(key, {.rate = 8'000, .samples = {1}});
    EXPECT_NE(shelf.find(key, Codec::pcmu).sound, nullptr);
    if (i == SoundShelf::kSoundsMax / 2) EXPECT_GT(shelf.bytes(), 512 * i) << "an entry weighs something";
  }
  source.lookups = 0;
  (void)shelf.find("s-0", Codec::pcmu);
  EXPECT_EQ(source.lookups, 1) << "thrown out";
  const auto before = shelf.bytes();
  source.put("empty", {.rate = 8'000, .samples = {}});
  EXPECT_EQ(shelf.find("empty", Codec::pcmu).sound->frames(), 0U);
  EXPECT_EQ(shelf.bytes(), before);
}

TEST(SoundShelf, SilenceIsSilentInEveryCodec) {
  Sounds source;
  SoundShelf shelf(source);
  for (const auto codec : {Codec::pcmu, Codec::pcma, Codec::g722, Codec::opus}) {
    const auto decoder = audio::make_decoder(codec);
    std::vector<std::int16_t> block(audio::kPacketSamplesMax);
    for (int i = 0; i < 20; ++i) {
      ASSERT_EQ(decoder->decode(shelf.silence(codec), block), audio::frame_samples(codec));
      EXPECT_LT(audio::level_dbov(audio::Samples(block).first(audio::frame_samples(codec))), -60)
          << codec_name(codec);
    }
  }
}

}  // namespace
}  // namespace portico::media
