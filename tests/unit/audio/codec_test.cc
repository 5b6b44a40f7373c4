#include "audio/codec.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "audio/goertzel.h"
#include "audio/tones.h"

namespace portico::audio {
namespace {

constexpr Codec kAll[] = {Codec::pcmu, Codec::pcma, Codec::g722, Codec::opus};

// What comes out of the decoder when every `lost_every`-th frame is lost (0: none).
std::vector<std::int16_t> through(Codec codec, const Pcm& sound, std::size_t lost_every = 0) {
  auto encoder = make_encoder(codec);
  auto decoder = make_decoder(codec);
  std::vector<Bytes> packets;
  const auto step = frame_samples(codec);
  for (std::size_t at = 0; at + step <= sound.samples.size(); at += step) {
    Bytes payload(kPayloadBytesMax);
    payload.resize(encoder->encode(Samples(sound.samples).subspan(at, step), payload));
    packets.push_back(std::move(payload));
  }
  std::vector<std::int16_t> out;
  std::vector<std::int16_t> block(kPacketSamplesMax);
  for (std::size_t i = 0; i < packets.size(); ++i) {
    std::size_t made = step;
    if (lost_every != 0 && i % lost_every == lost_every - 1) {
      const ByteView next = i + 1 < packets.size() ? ByteView(packets[i + 1]) : ByteView();
      decoder->conceal(next, std::span(block).first(step));
    } else {
      made = decoder->decode(packets[i], block);
    }
    out.insert(out.end(), block.begin(), block.begin() + static_cast<std::ptrdiff_t>(made));
  }
  return out;
}

TEST(Codec, CarriesATonesFrequencyAndLevelThere) {
  for (const auto codec : kAll) {
    const unsigned rate = sample_rate(codec);
    for (const double hz : {440.0, 1'000.0, 2'500.0}) {
      const auto out = through(codec, make_sine(rate, hz, std::chrono::seconds(1)));
      ASSERT_EQ(out.size(), rate) << codec_name(codec);
      const auto steady = Samples(out).subspan(rate / 4, rate / 2);
      EXPECT_GT(tone_share(steady, rate, hz), 0.9) << codec_name(codec) << " " << hz;
      EXPECT_NEAR(level_dbov(steady), 20 * std::log10(10'000 / std::sqrt(2) / 32'768), 2)
          << codec_name(codec) << hz;
    }
  }
}

TEST(Codec, WidebandCodecsCarryWhatTelephonyCannot) {
  for (const auto codec : {Codec::g722, Codec::opus}) {
    const auto out = through(codec, make_sine(16'000, 5'500, std::chrono::seconds(1)));
    EXPECT_GT(tone_share(Samples(out).subspan(4'000, 8'000), 16'000, 5'500), 0.8) << codec_name(codec);
  }
}

TEST(Codec, SilenceStaysSilent) {
  for (const auto codec : kAll) {
    const auto out = through(codec, make_silence(sample_rate(codec), std::chrono::seconds(1)));
    EXPECT_LT(level_dbov(out), -60) << codec_name(codec);
  }
}

TEST(Codec, ConcealsALostFrameWithSoundLikeThatAround) {
  for (const auto codec : kAll) {
    const unsigned rate = sample_rate(codec);
    const auto out = through(codec, make_sine(rate, 440, std::chrono::seconds(2)), 10);
    ASSERT_EQ(out.size(), 2 * rate);
    const auto step = frame_samples(codec);
    for (std::size_t lost = 19; lost < 90; lost += 10) {
      EXPECT_GT(level_dbov(Samples(out).subspan(lost * step, step)), -25)
          << codec_name(codec) << " frame " << lost;
    }
    EXPECT_GT(tone_share(Samples(out).subspan(rate / 2, rate), rate, 440), 0.75) << codec_name(codec);
  }
}

TEST(Codec, FadesOutWhenNothingComesAnyMore) {
  for (const auto codec : kAll) {
    const auto tone = make_sine(sample_rate(codec), 440, std::chrono::seconds(1));
    auto encoder = make_encoder(codec);
    auto decoder = make_decoder(codec);
    const auto step = frame_samples(codec);
    std::vector<std::int16_t> block(kPacketSamplesMax);
    for (std::size_t at = 0; at < tone.samples.size(); at += step) {
      Bytes payload(kPayloadBytesMax);
      payload.resize(encoder->encode(Samples(tone.samples).subspan(at, step), payload));
      ASSERT_EQ(decoder->decode(payload, block), step);
    }
    const auto frame = std::span(block).first(step);
    for (int i = 0; i < 50; ++i) decoder->conceal({}, frame);
    EXPECT_LT(level_dbov(frame), -40) << codec_name(codec);
  }
}

TEST(Codec, TakesPacketsOfAnyLengthAndCutsWhatIsTooLong) {
  std::vector<std::int16_t> block(kPacketSamplesMax);
  const Bytes ulaw(5'000, 0xFF);
  EXPECT_EQ(make_decoder(Codec::pcmu)->decode(ByteView(ulaw).first(80), block), 80U);
  EXPECT_EQ(make_decoder(Codec::pcmu)->decode(ulaw, block), kPacketSamplesMax);
  EXPECT_EQ(make_decoder(Codec::g722)->decode(ulaw, block), kPacketSamplesMax);
  EXPECT_EQ(make_decoder(Codec::pcma)->decode({}, block), 0U);
  EXPECT_EQ(make_decoder(Codec::opus)->decode({}, block), 0U);
  const Bytes broken{0xFF, 0xFF, 0xFF};  // Opus code 3 with a frame count that the length contradicts
  EXPECT_EQ(make_decoder(Codec::opus)->decode(broken, block), 0U);
}

// A buzz of many harmonics that swells and sinks, which an encoder takes for a voice.
Pcm voice_after_silence() {
  Pcm sound = make_silence(16'000, std::chrono::milliseconds(400));
  for (int i = 0; i < 8'000; ++i) {
    const double period = static_cast<double>(i % 123) / 123 - 0.5;
    const double swell = 0.6 + 0.4 * std::sin(i * 2 * 3.14159 * 4 / 16'000);
    sound.samples.push_back(static_cast<std::int16_t>(14'000 * swell * period));
  }
  return sound;
}

TEST(Codec, OpusRecoversALostFrameFromTheNextPacket) {
  const auto sound = voice_after_silence();
  auto encoder = make_encoder(Codec::opus);
  auto with_fec = make_decoder(Codec::opus);
  auto without = make_decoder(Codec::opus);
  std::vector<Bytes> packets;
  for (std::size_t at = 0; at < sound.samples.size(); at += 320) {
    Bytes payload(kPayloadBytesMax);
    payload.resize(encoder->encode(Samples(sound.samples).subspan(at, 320), payload));
    packets.push_back(std::move(payload));
  }
  std::vector<std::int16_t> a(kPacketSamplesMax);
  std::vector<std::int16_t> b(kPacketSamplesMax);
  for (std::size_t i = 0; i < 20; ++i) {
    with_fec->decode(packets[i], a);
    without->decode(packets[i], b);
  }
  for (std::size_t i = 20; i < 24; ++i) {  // the onset is lost but for what packet 24 says of frame 23
    with_fec->conceal(i == 23 ? ByteView(packets[24]) : ByteView(), std::span(a).first(320));
    without->conceal({}, std::span(b).first(320));
  }
  EXPECT_GT(level_dbov(Samples(a).first(320)), -40);
  EXPECT_LT(level_dbov(Samples(b).first(320)), -50);
}

}  // namespace
}  // namespace portico::audio
