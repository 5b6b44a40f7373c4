#include "objects/prompt_cache.h"

#include <gtest/gtest.h>

#include "base/limits.h"

namespace portico::objects {
namespace {

constexpr TimePoint kNow{};

TEST(PromptCache, FindsASoundWhileItIsFresh) {
  PromptCache cache;
  cache.keep("https://a/x.wav", {.key = "one", .length = Millis(5)}, kNow + 10s);
  const auto found = cache.find("https://a/x.wav", kNow + 9s);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->key, "one");
  EXPECT_FALSE(cache.find("https://a/y.wav", kNow));
  EXPECT_FALSE(cache.find("https://a/x.wav", kNow + 10s));
}

TEST(PromptCache, ForgetsTheLeastRecentlyUsedWhenFull) {
  PromptCache cache;
  for (std::size_t n = 0; n < limits::kPromptCacheMax; ++n) {
    cache.keep(std::to_string(n), {.key = "k", .length = Millis(5)}, kNow + 10s);
  }
  EXPECT_TRUE(cache.find("0", kNow)) << "used again";
  cache.keep("one more", {.key = "k", .length = Millis(5)}, kNow + 10s);
  EXPECT_EQ(cache.size(), limits::kPromptCacheMax);
  EXPECT_TRUE(cache.find("0", kNow));
  EXPECT_FALSE(cache.find("1", kNow));
  EXPECT_TRUE(cache.find("one more", kNow));
}

}  // namespace
}  // namespace portico::objects
