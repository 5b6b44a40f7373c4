#include "audio/g711.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace portico::audio {
namespace {

TEST(G711, KnowsTheCornersOfTheRecommendation) {
  EXPECT_EQ(linear_from_ulaw(0xFF), 0);
  EXPECT_EQ(linear_from_ulaw(0x80), 32'124);
  EXPECT_EQ(linear_from_ulaw(0x00), -32'124);
  EXPECT_EQ(linear_from_alaw(0xD5), 8);
  EXPECT_EQ(linear_from_alaw(0x55), -8);
  EXPECT_EQ(linear_from_alaw(0xAA), 32'256);
  EXPECT_EQ(linear_from_alaw(0x2A), -32'256);
  EXPECT_EQ(ulaw_from_linear(0), kUlawSilence);
  EXPECT_EQ(alaw_from_linear(0), kAlawSilence);
}

TEST(G711, EveryOctetSurvivesTheRoundTrip) {
  for (unsigned i = 0; i < 256; ++i) {
    const auto octet = static_cast<std::uint8_t>(i);
    if (octet != 0x7F) {  // u-law's negative zero becomes the positive one
      EXPECT_EQ(ulaw_from_linear(linear_from_ulaw(octet)), octet) << i;
    }
    EXPECT_EQ(alaw_from_linear(linear_from_alaw(octet)), octet) << i;
  }
}

TEST(G711, ErrsByHalfAStepAtMost) {
  for (int sample = -32'768; sample <= 32'767; sample += 7) {
    const auto in = static_cast<std::int16_t>(sample);
    const int step = 16 + std::abs(sample) / 16;
    EXPECT_LE(std::abs(linear_from_ulaw(ulaw_from_linear(in)) - sample), step) << sample;
    EXPECT_LE(std::abs(linear_from_alaw(alaw_from_linear(in)) - sample), step) << sample;
  }
}

}  // namespace
}  // namespace portico::audio
