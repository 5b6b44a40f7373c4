#include "sip/digest/nonce_replay_cache.h"

#include <gtest/gtest.h>

#include <string>

#include "base/limits.h"

namespace portico::sip {
namespace {

using Use = NonceReplayCache::Use;
const TimePoint kNow{std::chrono::hours(1)};

Credentials used(std::string_view nonce, std::uint32_t nc, std::string_view cnonce) {
  return {.nonce = nonce, .cnonce = cnonce, .qop = "auth", .nc = nc};
}

TEST(NonceReplayCache, KnowsWhatItHasSeen) {
  NonceReplayCache cache;
  EXPECT_EQ(cache.note(kNow, used("n", 1, "c")), Use::first);
  EXPECT_EQ(cache.note(kNow, used("n", 1, "c")), Use::repeated);
  EXPECT_EQ(cache.note(kNow, used("n", 2, "c")), Use::first);
  EXPECT_EQ(cache.note(kNow, used("n", 1, "d")), Use::first);
  EXPECT_EQ(cache.note(kNow, used("m", 1, "c")), Use::first);
  EXPECT_EQ(cache.size(), 4U);
}

TEST(NonceReplayCache, WithoutQopANonceServesOnce) {
  NonceReplayCache cache;
  EXPECT_EQ(cache.note(kNow, {.nonce = "n"}), Use::first);
  EXPECT_EQ(cache.note(kNow, {.nonce = "n"}), Use::repeated);
}

TEST(NonceReplayCache, RemembersForANoncesLifeAndForgetsAfterTwo) {
  NonceReplayCache cache;
  EXPECT_EQ(cache.note(kNow, used("a", 1, "c")), Use::first);
  EXPECT_EQ(cache.note(kNow + limits::kNonceLife - 1s, used("b", 1, "c")), Use::first);
  EXPECT_EQ(cache.note(kNow + limits::kNonceLife, used("a", 1, "c")), Use::repeated);
  EXPECT_EQ(cache.note(kNow + 2 * limits::kNonceLife - 2s, used("b", 1, "c")), Use::repeated);
  EXPECT_EQ(cache.note(kNow + 2 * limits::kNonceLife, used("a", 1, "c")), Use::first);
  EXPECT_EQ(cache.note(kNow + 10 * limits::kNonceLife, used("x", 1, "c")), Use::first);
  EXPECT_EQ(cache.size(), 1U);
}

// One customer who uses more than fits must not shut the others out.
TEST(NonceReplayCache, WhenFullForgetsTheOldestHalfAndSaysSinceWhenItKnowsAll) {
  constexpr std::uint32_t kHalf = 1'000;
  NonceReplayCache cache(2 * kHalf);
  const auto fill = [&](TimePoint now, std::uint32_t from) {
    for (std::uint32_t i = 0; i < kHalf; ++i) {
      ASSERT_EQ(cache.note(now, used("n", from + i, "c")), Use::first);
    }
  };
  fill(kNow, 0);
  fill(kNow + 1s, kHalf);
  EXPECT_LT(cache.complete_since(), kNow + 1s);
  EXPECT_EQ(cache.note(kNow + 2s, used("n", 5, "c")), Use::first) << "the first half is forgotten";
  EXPECT_EQ(cache.complete_since(), kNow + 1s);
  EXPECT_EQ(cache.note(kNow + 2s, used("n", kHalf, "c")), Use::repeated);
  EXPECT_EQ(cache.size(), kHalf + 1);
}

}  // namespace
}  // namespace portico::sip
