#include "portico/media_sounds.h"

#include <gtest/gtest.h>

namespace portico::app {
namespace {

constexpr std::size_t kSamples = 1'000;
constexpr std::size_t kRoom = 10 * (kSamples * sizeof(std::int16_t) + 200);  // of ten sounds with their keys

audio::Pcm sound() { return {.rate = 8'000, .samples = std::vector<std::int16_t>(kSamples)}; }

struct MediaSoundsTest : ::testing::Test {
  std::vector<call::SoundHold> hold_all(const std::string& account) {
    std::vector<call::SoundHold> held;
    for (int i = 0; i < 10; ++i) {
      auto hold = sounds.put(account, account + std::to_string(i), sound());
      if (!hold) {
        EXPECT_EQ(hold.error().code, Code::busy);
        break;
      }
      held.push_back(std::move(*hold));
    }
    return held;
  }

  medianode::SoundCache cache{kRoom};
  MediaSounds sounds{cache, kRoom};
};

TEST_F(MediaSoundsTest, OneAccountHoldsHalfAtMostAndAnotherFindsRoom) {
  auto of_one = hold_all("one");
  EXPECT_EQ(of_one.size(), 5U);
  EXPECT_FALSE(hold_all("another").empty());
  of_one.pop_back();
  EXPECT_TRUE(sounds.put("one", "new", sound())) << "what is given back may be held again";
}

TEST_F(MediaSoundsTest, ASoundCountsOnceHoweverManyCallsHoldIt) {
  std::vector<call::SoundHold> held;
  for (int i = 0; i < 100; ++i) held.push_back(*sounds.put("one", "same", sound()));
  for (int i = 0; i < 100; ++i) held.push_back(*sounds.hold("one", "same"));
  EXPECT_EQ(sounds.held(), 1U);
  held.clear();
  EXPECT_EQ(sounds.held(), 0U);
  EXPECT_EQ(hold_all("one").size(), 5U);
}

TEST_F(MediaSoundsTest, WhatOneMayNotHoldTakesTheRoomOfNobody) {
  for (int i = 0; i < 5; ++i) (void)*sounds.put("another", "idle" + std::to_string(i), sound());
  const auto held = hold_all("one");
  ASSERT_EQ(held.size(), 5U);
  EXPECT_FALSE(sounds.put("one", "one more", sound()));
  for (int i = 0; i < 5; ++i) EXPECT_NE(cache.find("idle" + std::to_string(i)), nullptr);
}

// It was put in one after the other, and is played all at once.
TEST_F(MediaSoundsTest, WhatIsInTheCacheIsHeldOnTheSameShare) {
  for (int i = 0; i < 10; ++i) (void)*sounds.put("one", std::to_string(i), sound());
  std::vector<call::SoundHold> held;
  for (int i = 0; i < 10; ++i) {
    if (auto hold = sounds.hold("one", std::to_string(i))) held.push_back(std::move(*hold));
  }
  EXPECT_EQ(held.size(), 5U);
}

TEST_F(MediaSoundsTest, WhatAnotherHoldsAlreadyTakesNoRoom) {
  std::vector<call::SoundHold> held;
  for (int i = 0; i < 50; ++i) {
    auto hold = sounds.put(std::to_string(i), "the same music", sound());
    ASSERT_TRUE(hold) << i;
    held.push_back(std::move(*hold));
  }
  EXPECT_GT(hold_all("another").size(), 3U);
  held.erase(held.begin());
  EXPECT_TRUE(sounds.hold("0", "the same music")) << "49 hold it still";
}

// The cache keeps no rate above what the codecs have.
TEST_F(MediaSoundsTest, ASoundOfAHighRateWeighsWhatIsKeptOfIt) {
  const audio::Pcm high{.rate = 48'000,
                        .samples = std::vector<std::int16_t>(12 * kSamples)};  // kept: a third
  (void)*sounds.put("idle", "high", high);
  auto one = *sounds.hold("one", "high");
  auto another = *sounds.put("another", "high", high);
  one.reset();
  another.reset();
  another = *sounds.put("another", "high", high);
  one = *sounds.hold("one", "high");
  another.reset();
  one.reset();
  EXPECT_EQ(hold_all("one").size(), 5U) << "all of it was given back, and no more";
}

TEST_F(MediaSoundsTest, NothingIsLeftOfWhatNobodyHolds) {
  for (int i = 0; i < 1'000; ++i) (void)*sounds.put("one", std::to_string(i), {.rate = 8'000, .samples = {}});
  EXPECT_EQ(sounds.held(), 0U);
  EXPECT_EQ(sounds.hold("one", "nothing").error().code, Code::not_found);
}

TEST_F(MediaSoundsTest, AHeldSoundOutlivesWhoLentIt) {
  auto lender = std::make_unique<MediaSounds>(cache, kRoom);
  auto held = *lender->put("one", "key", sound());
  lender.reset();
  EXPECT_NE(cache.find("key"), nullptr);
  held.reset();
}

}  // namespace
}  // namespace portico::app
