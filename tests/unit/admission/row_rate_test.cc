#include "admission/row_rate.h"

#include <gtest/gtest.h>

namespace portico::admission {
namespace {

const TimePoint kStart = TimePoint(1h);
const auto kOne = account::parse_uuid("0b8f0c0e-7a55-4c55-9a3e-2f0d7f2d9a10").value();
const auto kTwo = account::parse_uuid("1b8f0c0e-7a55-4c55-9a3e-2f0d7f2d9a10").value();

std::uint32_t taken(RowRate& rate, account::Uuid application, TimePoint now) {
  std::uint32_t rows = 0;
  for (int i = 0; i < 10'000; ++i) rows += rate.take(application, now) ? 1 : 0;
  return rows;
}

TEST(RowRate, IsOfEachApplicationAndFillsUpWithTime) {
  RowRate rate;
  EXPECT_EQ(taken(rate, kOne, kStart), RowRate::kRowsPerSecond);
  EXPECT_EQ(taken(rate, kTwo, kStart), RowRate::kRowsPerSecond);
  EXPECT_EQ(taken(rate, kOne, kStart + 500ms), RowRate::kRowsPerSecond / 2);
}

}  // namespace
}  // namespace portico::admission
