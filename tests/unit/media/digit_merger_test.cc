#include "media/digit_merger.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace portico::media {
namespace {

struct Report {
  int at_ms;
  char digit;
  DigitSource source;
  std::uint64_t noted = 0;
  std::optional<std::uint64_t> judged = {};
};
constexpr auto kRfc = DigitSource::rfc4733;
constexpr auto kTone = DigitSource::inband;
constexpr auto kInfo = DigitSource::sip_info;

std::string presses(const std::vector<Report>& reports) {
  DigitMerger merger;
  std::string out;
  for (const auto& report : reports) {
    const DigitReport made{
        .digit = report.digit, .source = report.source, .noted = report.noted, .judged = report.judged};
    if (merger.is_new(TimePoint(Millis(100'000 + report.at_ms)), made)) out += report.digit;
  }
  return out;
}

TEST(DigitMerger, FoldsThreeViewsOfOnePress) {
  EXPECT_EQ(presses({{0, '5', kRfc}, {45, '5', kTone}, {300, '5', kInfo}}), "5");
  EXPECT_EQ(presses({{0, '5', kInfo}, {45, '5', kTone}, {60, '5', kRfc}}), "5");
}

TEST(DigitMerger, TwoReportsOfOneWayAreTwoPresses) {
  EXPECT_EQ(presses({{0, '5', kRfc}, {150, '5', kRfc}}), "55");
  EXPECT_EQ(presses({{0, '1', kInfo}, {1, '1', kInfo}, {2, '1', kInfo}}), "111");
}

TEST(DigitMerger, QuickPressesOfOneKeyByTwoWaysStayTwo) {
  EXPECT_EQ(presses({{0, '1', kRfc}, {150, '1', kRfc}, {180, '1', kInfo}, {320, '1', kInfo}}), "11");
  EXPECT_EQ(presses({{0, '1', kRfc}, {50, '1', kInfo}, {150, '1', kRfc}, {320, '1', kInfo}}), "11");
}

// In the call: the port folds views that it does not tell of.
TEST(DigitMerger, WhatThePortTellsIsAViewOnlyOfAPressThatItDidNotKnow) {
  EXPECT_EQ(presses({{0, '5', kInfo, 7}, {5, '5', kRfc, 0, 6}}), "5") << "the two crossed";
  EXPECT_EQ(presses({{0, '5', kInfo, 7}, {300, '5', kRfc, 0, 7}, {830, '5', kInfo, 8}}), "55");
  EXPECT_EQ(presses({{0, '5', kInfo, kNeverNoted}, {5, '5', kRfc, 0, 6}}), "5");
  EXPECT_EQ(presses({{0, '5', kRfc, 0, 0}, {300, '5', kTone, 0, 0}}), "55");
}

// Eight presses are remembered; the ninth takes the place of the first.
TEST(DigitMerger, RemembersTheLastEightPresses) {
  std::vector<Report> reports;
  for (int i = 0; i < 9; ++i) reports.push_back({10 * i, static_cast<char>('1' + i), kRfc});
  for (const char again : {'9', '2', '8', '1'}) reports.push_back({100, again, kInfo});
  EXPECT_EQ(presses(reports), "1234567891");
}

TEST(DigitMerger, TheEarlierOfTwoPressesComesFirstWhereverTheyAreKept) {
  EXPECT_EQ(presses({{0, '1', kRfc},
                     {10, '2', kRfc},
                     {20, '3', kRfc},
                     {30, '4', kRfc},
                     {40, '6', kRfc},
                     {50, '7', kRfc},
                     {60, '8', kRfc},
                     {70, '5', kRfc},
                     {600, '5', kRfc},
                     {900, '5', kInfo},
                     {1'550, '5', kInfo}}),
            "123467855");
}

TEST(DigitMerger, OtherDigitsAndLateReportsAreNews) {
  EXPECT_EQ(presses({{0, '1', kRfc}, {10, '2', kInfo}, {20, '1', kInfo}, {30, '2', kRfc}}), "12");
  EXPECT_EQ(presses({{0, '1', kRfc}, {1'500, '1', kInfo}}), "11");
}

}  // namespace
}  // namespace portico::media
