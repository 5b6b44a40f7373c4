#include "bxml/read/reading.h"

#include <gtest/gtest.h>

#include "base/limits.h"

namespace portico::bxml {
namespace {

TEST(Reading, TellsTheFirstFaultsInWhateverOrderTheyAreFound) {
  constexpr auto kMax = static_cast<std::uint32_t>(limits::kBxmlFaultsMax);
  Reading reading("");
  // 7 and 4,096 have no common divisor: each line once, from all over the text.
  for (std::uint32_t i = 0; i < 4'096; ++i) {
    const Position at{.line = 1 + i * 7 % 4'096, .column = 1};
    reading.refuse({at, "a", "is unknown"});
    reading.warn({at, "b", "is ignored"});
  }
  const auto faults = reading.take_faults();
  const auto warnings = reading.take_warnings();
  ASSERT_EQ(faults.size(), kMax);
  ASSERT_EQ(warnings.size(), kMax);
  for (std::uint32_t i = 0; i < kMax; ++i) {
    EXPECT_EQ(faults[i].at.line, i + 1);
    EXPECT_EQ(warnings[i].at.line, i + 1);
    EXPECT_EQ(warnings[i].element, "b");
  }
}

}  // namespace
}  // namespace portico::bxml
