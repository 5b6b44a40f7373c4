#include "sip/transaction/deadlines.h"

#include <gtest/gtest.h>

#include <map>

#include "sip/transaction/randomness.h"

namespace portico::sip {
namespace {

constexpr TimePoint kStart{};

TEST(Deadlines, WakesEqualOnesInTheOrderTheyWereSet) {
  Deadlines deadlines;
  std::uint32_t handles[3] = {Deadlines::kNone, Deadlines::kNone, Deadlines::kNone};
  for (std::uint64_t i = 0; i < 3; ++i) deadlines.set(i, kStart + 1s, handles[i]);
  EXPECT_FALSE(deadlines.due(kStart + 999ms));
  for (std::uint64_t i = 0; i < 3; ++i) {
    EXPECT_EQ(deadlines.due(kStart + 1s), i);
    deadlines.remove(handles[i]);
  }
  EXPECT_EQ(deadlines.next(), kNever);
}

TEST(Deadlines, AgreesWithASortedMapUnderRandomChanges) {
  SeededRandomness random(3);
  Deadlines deadlines;
  std::map<std::uint64_t, TimePoint> expected;
  std::vector<std::uint32_t> handles(64, Deadlines::kNone);
  for (int i = 0; i < 20'000; ++i) {
    const auto owner = random_below(random, 64);
    const auto choice = random_below(random, 4);
    const auto at = choice == 0 ? kNever : kStart + Millis(random_below(random, 1000));
    deadlines.set(owner, at, handles[owner]);
    if (at == kNever) {
      expected.erase(owner);
    } else {
      expected[owner] = at;
    }
    auto earliest = kNever;
    for (const auto& [o, t] : expected) earliest = std::min(earliest, t);
    ASSERT_EQ(deadlines.next(), earliest);
    ASSERT_EQ(deadlines.size(), expected.size());
  }
}

}  // namespace
}  // namespace portico::sip
