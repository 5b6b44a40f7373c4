// What a crash leaves of a recording, cut off at every place that matters.
#include "audio/mend_recording.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "audio/decode_audio.h"
#include "audio/file_writer.h"
#include "audio/goertzel.h"
#include "audio/tones.h"
#include "base/hash.h"

namespace portico::audio {
namespace {

class MendRecording : public testing::Test {
 protected:
  void TearDown() override { std::filesystem::remove(path_); }
  // Two seconds, and a writer that never closed it.
  void record(bool mp3, unsigned channels = 1) {
    auto writer = mp3 ? open_mp3_writer(path_, 8'000, channels) : open_wav_writer(path_, 8'000, channels);
    ASSERT_TRUE(writer);
    const auto sound = make_sine(8'000, 700, Millis(2'000));
    std::vector<std::int16_t> interleaved;
    for (const auto sample : sound.samples) interleaved.insert(interleaved.end(), channels, sample);
    ASSERT_TRUE((*writer)->write(interleaved));
  }
  std::uintmax_t size() const { return std::filesystem::file_size(path_); }
  void put(std::uint64_t at, std::uint8_t octet) const {
    std::fstream file(path_, std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(static_cast<std::streamoff>(at));
    file.put(static_cast<char>(octet));
  }
  Result<Pcm> decoded(const char* url) const {
    std::ifstream in(path_, std::ios::binary);
    const Bytes bytes{std::istreambuf_iterator<char>(in), {}};
    return decode_audio(bytes, "", url);
  }
  std::string path_ = (std::filesystem::temp_directory_path() / ("portico-mend-" + random_hex(12))).string();
};

TEST_F(MendRecording, AWavFileWhoseLengthsAreBehindGetsThoseOfTheFile) {
  record(false, 2);
  const auto whole = size();
  put(40, 4);  // killed after the samples were written and before the lengths were
  put(41, 0);
  put(42, 0);
  std::ofstream(path_, std::ios::binary | std::ios::app) << "abc";  // and in the middle of the next sample
  const auto length = mend_wav(path_);
  ASSERT_TRUE(length) << length.error().what;
  EXPECT_EQ(length->duration, Millis(2'000));
  EXPECT_EQ(length->channels, 2U);
  EXPECT_EQ(size(), whole);
  const auto pcm = decoded("/a.wav");
  ASSERT_TRUE(pcm);
  EXPECT_EQ(pcm->length(), Millis(2'000));
  EXPECT_GT(tone_share(pcm->samples, 8'000, 700), 0.99);
}

TEST_F(MendRecording, AnMp3FileLosesTheFrameThatWasCutOff) {
  for (const unsigned channels : {1U, 2U}) {
    record(true, channels);
    const auto whole = size();
    std::filesystem::resize_file(path_, whole - 10);
    const auto length = mend_mp3(path_);
    ASSERT_TRUE(length) << length.error().what;
    EXPECT_GT(length->duration, Millis(1'700));
    EXPECT_LT(length->duration, Millis(2'200));
    EXPECT_EQ(length->channels, channels);
    EXPECT_LT(size(), whole - 10);
    const auto pcm = decoded("/a.mp3");
    ASSERT_TRUE(pcm);
    EXPECT_NEAR(static_cast<double>(pcm->length().count()), static_cast<double>(length->duration.count()),
                200);
    EXPECT_GT(tone_share(Samples(pcm->samples).subspan(4'000, 4'000), 8'000, 700), 0.9);
    const auto again = mend_mp3(path_);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->duration, length->duration);
  }
}

TEST_F(MendRecording, WhatHoldsNoSoundIsRefused) {
  EXPECT_EQ(mend_wav(path_).error().code, Code::not_found);
  for (const std::string content :
       {"", "RIFF", "not a recording at all, but long enough to be one of ours"}) {
    std::ofstream(path_, std::ios::binary | std::ios::trunc) << content;
    EXPECT_EQ(mend_wav(path_).error().code, Code::invalid) << content;
    EXPECT_EQ(mend_mp3(path_).error().code, Code::invalid) << content;
  }
  ASSERT_TRUE(open_wav_writer(path_, 8'000, 1));  // a header and nothing after it
  EXPECT_EQ(mend_wav(path_).error().code, Code::invalid);
}

}  // namespace
}  // namespace portico::audio
