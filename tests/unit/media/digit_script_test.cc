#include "media/digit_script.h"

#include <gtest/gtest.h>

#include <string>

namespace portico::media {
namespace {

std::string script(std::string_view text, Millis duration = Millis(200), Millis interval = Millis(400)) {
  const auto steps = read_digits(text, duration, interval);
  if (!steps) return "refused";
  std::string out;
  for (const auto& step : *steps) {
    out += step.digit == 0 ? std::string("-") : std::string(1, step.digit);
    out += std::to_string(step.duration.count()) + " ";
  }
  return out;
}

TEST(DigitScript, SilenceFollowsEachTone) { EXPECT_EQ(script("1#"), "1200 -400 #200 -400 "); }

TEST(DigitScript, PausesReplaceTheIntervalAndAddUp) {
  EXPECT_EQ(script("1w2"), "1200 -500 2200 -400 ");
  EXPECT_EQ(script("1,W2", Millis(120), Millis(50)), "1120 -1500 2120 -50 ");
  EXPECT_EQ(script("W1,"), "-1000 1200 -500 ");
  EXPECT_EQ(script("ww"), "-1000 ");
}

TEST(DigitScript, LettersAreTakenInBothCases) { EXPECT_EQ(script("aD"), "A200 -400 D200 -400 "); }

TEST(DigitScript, RefusesWhatTheContractDoes) {
  for (const auto* bad : {"", "1e", "12 3", "+1"}) EXPECT_EQ(script(bad), "refused") << bad;
  EXPECT_EQ(script(std::string(51, '1')), "refused");
  EXPECT_NE(script(std::string(50, '1')), "refused");
  EXPECT_EQ(script("1", Millis(49)), "refused");
  EXPECT_EQ(script("1", Millis(200), Millis(5'001)), "refused");
}

}  // namespace
}  // namespace portico::media
