#include "audio/tones.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <string>

#include "audio/codec.h"
#include "audio/dtmf_detector.h"
#include "audio/goertzel.h"
#include "audio/resampler.h"

namespace portico::audio {
namespace {

using std::chrono::milliseconds;

std::string heard_in(const Pcm& sound) {
  DtmfDetector detector(sound.rate);
  std::string out;
  const std::size_t step = sound.rate / 50;
  for (std::size_t at = 0; at + step <= sound.samples.size(); at += step) {
    if (const auto digit = detector.on_samples(Samples(sound.samples).subspan(at, step))) out += *digit;
  }
  return out;
}

void append(Pcm& to, const Pcm& what) {
  to.samples.insert(to.samples.end(), what.samples.begin(), what.samples.end());
}

TEST(Tones, EveryKeyIsHeardAtBothRates) {
  const std::string keys = "1234567890*#ABCD";
  for (const unsigned rate : {8'000U, 16'000U}) {
    Pcm sound{.rate = rate, .samples = {}};
    for (const char key : keys) {
      append(sound, make_dtmf(rate, key, milliseconds(80)));
      append(sound, make_silence(rate, milliseconds(80)));
    }
    EXPECT_EQ(heard_in(sound), keys) << rate;
  }
}

TEST(Tones, ALongPressIsOneDigitAndTwoPressesAreTwo) {
  auto sound = make_dtmf(8'000, '5', milliseconds(1'500));
  EXPECT_EQ(heard_in(sound), "5");
  append(sound, make_silence(8'000, milliseconds(60)));
  append(sound, make_dtmf(8'000, '5', milliseconds(60)));
  append(sound, make_silence(8'000, milliseconds(60)));
  EXPECT_EQ(heard_in(sound), "55");
}

Pcm make_twisted(char key, double decibels, std::chrono::milliseconds length) {
  const auto [low, high] = *dtmf_pair(key);
  auto sound = make_sine(8'000, low, length, 6'000 * std::pow(10, -decibels / 40));
  const auto other = make_sine(8'000, high, length, 6'000 * std::pow(10, decibels / 40));
  for (std::size_t i = 0; i < sound.samples.size(); ++i) {
    sound.samples[i] = mix(sound.samples[i], other.samples[i]);
  }
  return sound;
}

// At the edge of what ITU-T Q.24 has taken, a tone is in and out of spandsp's limits as it goes on.
TEST(Tones, ALongPressIsOneDigitWhereItsFrequenciesDifferInLevel) {
  for (const double decibels : {4.0, 3.8, -7.5, -8.0}) {
    std::string keys;
    Pcm sound{.rate = 8'000, .samples = {}};
    for (const char key : {'2', '2', '5', '8', '0'}) {
      append(sound, make_twisted(key, decibels, milliseconds(500)));
      append(sound, make_silence(8'000, milliseconds(60)));
    }
    EXPECT_EQ(heard_in(sound), "22580") << decibels;
  }
}

TEST(Tones, ALongPressIsOneDigitByOpus) {
  const std::string keys = "123456789*0#178001780";
  Pcm sound{.rate = 16'000, .samples = {}};
  for (const char key : keys) {
    append(sound, make_dtmf(16'000, key, milliseconds(800)));
    append(sound, make_silence(16'000, milliseconds(100)));
  }
  const auto encoder = make_encoder(Codec::opus);
  const auto decoder = make_decoder(Codec::opus);
  Pcm carried{.rate = 16'000, .samples = {}};
  std::array<std::uint8_t, 1'500> packet;
  std::array<std::int16_t, kPacketSamplesMax> frame;
  for (std::size_t at = 0; at + 320 <= sound.samples.size(); at += 320) {
    const auto size = encoder->encode(Samples(sound.samples).subspan(at, 320), packet);
    const auto samples = decoder->decode({packet.data(), size}, frame);
    append(carried, {.rate = 16'000, .samples = {frame.data(), frame.data() + samples}});
  }
  EXPECT_EQ(heard_in(carried), keys);
}

TEST(Tones, QuickPressesOfOneKeyAreAllHeardInNoise) {
  Pcm sound{.rate = 8'000, .samples = {}};
  for (int i = 0; i < 8; ++i) {
    append(sound, make_dtmf(8'000, '7', milliseconds(40)));
    append(sound, make_silence(8'000, milliseconds(40)));
  }
  std::uint32_t seed = 1;
  for (auto& sample : sound.samples) {
    seed = seed * 1'664'525 + 1'013'904'223;
    sample = mix(sample, static_cast<std::int16_t>(static_cast<int>(seed >> 22) - 512));
  }
  EXPECT_EQ(heard_in(sound), "77777777");
}

TEST(Tones, OtherSoundsAreNoDigits) {
  EXPECT_EQ(heard_in(make_ringback(8'000)), "");
  EXPECT_EQ(heard_in(make_sine(8'000, 770, milliseconds(500))), "");
  EXPECT_EQ(heard_in(make_silence(8'000, milliseconds(500))), "");
  EXPECT_FALSE(dtmf_pair('x'));
  EXPECT_FALSE(dtmf_pair('\0'));
  EXPECT_TRUE(make_dtmf(8'000, 'x', milliseconds(100)).samples.empty());
}

TEST(Tones, RingbackIsTwoSecondsOnAndFourOff) {
  const auto ring = make_ringback(8'000);
  ASSERT_EQ(ring.length(), milliseconds(6'000));
  const auto on = Samples(ring.samples).first(16'000);
  EXPECT_NEAR(tone_amplitude(on, 8'000, 440), kRingbackAmplitude, 30);
  EXPECT_NEAR(tone_amplitude(on, 8'000, 480), kRingbackAmplitude, 30);
  EXPECT_LE(level_dbov(Samples(ring.samples).subspan(16'000)), -96);
}

TEST(Tones, MixingSaturates) {
  EXPECT_EQ(mix(30'000, 10'000), 32'767);
  EXPECT_EQ(mix(-30'000, -10'000), -32'768);
  EXPECT_EQ(mix(-3, 5), 2);
}

TEST(Level, TellsFullScaleSilenceAndTheThresholdBetween) {
  EXPECT_NEAR(level_dbov(make_sine(8'000, 1'000, milliseconds(100), 32'767).samples), -3, 0.1);
  EXPECT_EQ(level_dbov(make_silence(8'000, milliseconds(20)).samples), -96);
  const auto amplitude = [](double dbov) { return 32'768 * std::sqrt(2) * std::pow(10, dbov / 20); };
  EXPECT_TRUE(is_silence(make_sine(8'000, 1'000, milliseconds(20), amplitude(kSilenceDbov - 1)).samples));
  EXPECT_FALSE(is_silence(make_sine(8'000, 1'000, milliseconds(20), amplitude(kSilenceDbov + 1)).samples));
  EXPECT_TRUE(is_silence({}));
}

TEST(Resampler, KeepsLengthFrequencyAndLevel) {
  for (const unsigned from : {8'000U, 11'025U, 22'050U, 44'100U, 48'000U}) {
    for (const unsigned to : {8'000U, 16'000U}) {
      const auto out = resample(make_sine(from, 1'000, milliseconds(1'000)), to);
      EXPECT_EQ(out.rate, to);
      EXPECT_NEAR(static_cast<double>(out.samples.size()), to, to / 100.0) << from << " to " << to;
      const auto middle = Samples(out.samples).subspan(to / 4, to / 2);
      EXPECT_GT(tone_share(middle, to, 1'000), 0.999) << from << " to " << to;
      EXPECT_NEAR(tone_amplitude(middle, to, 1'000), 10'000, 150) << from << " to " << to;
    }
  }
}

TEST(Resampler, LetsNothingFoldBackFromAboveTheNewBand) {
  const auto out = resample(make_sine(44'100, 6'000, milliseconds(500)), 8'000);
  EXPECT_LT(level_dbov(Samples(out.samples).subspan(1'000, 2'000)), -50);
}

TEST(Resampler, GivesTheSameInPiecesAsAtOnce) {
  const auto sound = make_sine(44'100, 700, milliseconds(300));
  const auto whole = resample(sound, 8'000);
  Resampler resampler(44'100, 8'000);
  std::vector<std::int16_t> pieces;
  for (std::size_t at = 0; at < sound.samples.size(); at += 441) {
    resampler.process(
        Samples(sound.samples).subspan(at, std::min<std::size_t>(441, sound.samples.size() - at)), pieces);
  }
  resampler.finish(pieces);
  EXPECT_EQ(pieces, whole.samples);
}

}  // namespace
}  // namespace portico::audio
