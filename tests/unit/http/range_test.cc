#include "http/range.h"

#include <gtest/gtest.h>

namespace portico::http {
namespace {

struct Row {
  const char* header;
  std::uint64_t size;
  RangeVerdict verdict;
  std::uint64_t first;
  std::uint64_t length;
};

TEST(Range, FollowsRfc9110) {
  constexpr auto kWhole = RangeVerdict::whole;
  constexpr auto kPart = RangeVerdict::partial;
  constexpr auto kNone = RangeVerdict::unsatisfiable;
  const Row rows[] = {
      {"", 100, kWhole, 0, 100},
      {"bytes=0-9", 100, kPart, 0, 10},
      {"bytes=90-", 100, kPart, 90, 10},
      {"bytes=90-1000", 100, kPart, 90, 10},
      {"bytes=-10", 100, kPart, 90, 10},
      {"bytes=-1000", 100, kPart, 0, 100},
      {"bytes=99-99", 100, kPart, 99, 1},
      {"bytes=100-", 100, kNone, 0, 100},
      {"bytes=0-", 0, kNone, 0, 0},
      {"bytes=-0", 100, kNone, 0, 100},
      {"bytes=5-4", 100, kWhole, 0, 100},
      {"bytes=a-4", 100, kWhole, 0, 100},
      {"bytes=1-2,4-5", 100, kWhole, 0, 100},
      {"bytes=-", 100, kWhole, 0, 100},
      {"bytes=18446744073709551616-", 100, kWhole, 0, 100},
      {"lines=1-2", 100, kWhole, 0, 100},
  };
  for (const auto& row : rows) {
    ByteRange range;
    EXPECT_EQ(choose_range(row.header, row.size, range), row.verdict) << row.header;
    if (row.verdict == kNone) continue;
    EXPECT_EQ(range.first, row.first) << row.header;
    EXPECT_EQ(range.length, row.length) << row.header;
  }
}

}  // namespace
}  // namespace portico::http
