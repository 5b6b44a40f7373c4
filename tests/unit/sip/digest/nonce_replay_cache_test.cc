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

TEST(NonceReplayCache, IsBounded) {
  NonceReplayCache cache;
  for (std::uint32_t i = 0; i < limits::kNonceReplaysMax; ++i)
    ASSERT_EQ(cache.note(kNow, used("n", i, "c")), Use::first);
  EXPECT_EQ(cache.note(kNow, used("n", limits::kNonceReplaysMax, "c")), Use::full);
  EXPECT_EQ(cache.note(kNow, used("n", 5, "c")), Use::repeated);
  EXPECT_EQ(cache.size(), limits::kNonceReplaysMax);
  EXPECT_EQ(cache.note(kNow + 2 * limits::kNonceLife, used("n", 5, "c")), Use::first);
}

}  // namespace
}  // namespace portico::sip
