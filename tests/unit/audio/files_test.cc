// Sounds in files: what we read (bxml.md PlayAudio) and what we write.

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>

#include "audio/decode_audio.h"
#include "audio/file_writer.h"
#include "audio/g711.h"
#include "audio/goertzel.h"
#include "audio/mp3_reader.h"
#include "audio/tones.h"
#include "audio/wav_reader.h"
#include "base/hash.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace portico::audio {
namespace {

using std::chrono::milliseconds;

class ScratchFile {
 public:
  ~ScratchFile() { std::filesystem::remove(path_); }
  const std::string& path() const { return path_; }
  Bytes bytes() const {
    std::ifstream in(path_, std::ios::binary);
    return Bytes(std::istreambuf_iterator<char>(in), {});
  }

 private:
  std::string path_ = (std::filesystem::temp_directory_path() / ("portico-audio-" + random_hex(12))).string();
};

std::string little(std::uint32_t value, int bytes) {
  std::string out;
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i));
  return out;
}

struct WavShape {
  unsigned coding = 1;
  unsigned channels = 1;
  unsigned rate = 8'000;
  unsigned bits = 16;
  std::string before_data;                 // further chunks
  std::optional<std::uint32_t> told_size;  // a lie about the data's length
};

std::string wav(const WavShape& shape, const std::string& data) {
  const auto size = shape.told_size.value_or(static_cast<std::uint32_t>(data.size()));
  std::string body = "WAVEfmt " + little(16, 4) + little(shape.coding, 2) + little(shape.channels, 2) +
                     little(shape.rate, 4) + little(shape.rate * shape.channels * shape.bits / 8, 4) +
                     little(shape.channels * shape.bits / 8, 2) + little(shape.bits, 2) + shape.before_data +
                     "data" + little(size, 4) + data;
  return "RIFF" + little(static_cast<std::uint32_t>(body.size()), 4) + body;
}

std::string pcm_bytes(Samples samples) {
  return {reinterpret_cast<const char*>(samples.data()), samples.size_bytes()};
}

TEST(WavReader, ReadsPcmBehindOtherChunks) {
  const auto sine = make_sine(22'050, 440, milliseconds(200));
  const WavShape shape{.rate = 22'050, .before_data = "LIST" + little(3, 4) + "abc" + std::string(1, '\0')};
  const auto sound = read_wav(as_bytes(wav(shape, pcm_bytes(sine.samples))));
  ASSERT_TRUE(sound) << sound.error().what;
  EXPECT_EQ(sound->rate, 22'050U);
  EXPECT_EQ(sound->samples, sine.samples);
}

TEST(WavReader, ReadsBothLawsOfG711) {
  const auto sine = make_sine(8'000, 440, milliseconds(200));
  std::string ulaw;
  std::string alaw;
  for (const auto sample : sine.samples) {
    ulaw += static_cast<char>(ulaw_from_linear(sample));
    alaw += static_cast<char>(alaw_from_linear(sample));
  }
  for (const auto& file : {wav({.coding = 7, .bits = 8}, ulaw), wav({.coding = 6, .bits = 8}, alaw)}) {
    const auto sound = read_wav(as_bytes(file));
    ASSERT_TRUE(sound) << sound.error().what;
    EXPECT_GT(tone_share(sound->samples, 8'000, 440), 0.99);
  }
}

TEST(WavReader, MixesStereoToMono) {
  const auto left = make_sine(8'000, 400, milliseconds(200));
  const auto right = make_sine(8'000, 1'000, milliseconds(200));
  std::vector<std::int16_t> both;
  for (std::size_t i = 0; i < left.samples.size(); ++i) {
    both.push_back(left.samples[i]);
    both.push_back(right.samples[i]);
  }
  const auto sound = read_wav(as_bytes(wav({.channels = 2}, pcm_bytes(both))));
  ASSERT_TRUE(sound);
  ASSERT_EQ(sound->samples.size(), left.samples.size());
  EXPECT_NEAR(tone_amplitude(sound->samples, 8'000, 400), 5'000, 50);
  EXPECT_NEAR(tone_amplitude(sound->samples, 8'000, 1'000), 5'000, 50);
}

TEST(WavReader, ReadsAFileThatWasNeverFinished) {
  const auto data = pcm_bytes(make_sine(8'000, 440, milliseconds(100)).samples);
  for (const std::uint32_t lie : {0U, 0xFFFF'FFFFU, 1'000'000U}) {
    const auto sound = read_wav(as_bytes(wav({.told_size = lie}, data + "x")));
    ASSERT_TRUE(sound) << lie;
    EXPECT_EQ(sound->samples.size(), 800U) << lie;
  }
}

TEST(WavReader, RefusesWithTheReason) {
  const std::string data(160, '\0');
  struct Row {
    std::string file;
    Code code;
  };
  const std::string good = wav({}, data);
  const Row rows[] = {
      {"", Code::invalid},
      {"OggS................", Code::invalid},
      {good.substr(0, 20), Code::invalid},
      {good.substr(0, 36), Code::invalid},
      {"RIFF" + little(8, 4) + "WAVEdata" + little(2, 4) + "ab", Code::invalid},
      {wav({.bits = 24}, data), Code::unsupported},
      {wav({.bits = 8}, data), Code::unsupported},
      {wav({.coding = 3, .bits = 32}, data), Code::unsupported},
      {wav({.channels = 0}, data), Code::unsupported},
      {wav({.channels = 6}, data), Code::unsupported},
      {wav({.rate = 0}, data), Code::unsupported},
      {wav({.rate = 4'000'000}, data), Code::unsupported},
      {wav({.coding = 7, .rate = 1'000, .bits = 8}, std::string(3'600'001, 'u')), Code::too_large},
  };
  for (const auto& row : rows) {
    const auto sound = read_wav(as_bytes(row.file));
    ASSERT_FALSE(sound) << row.file.size();
    EXPECT_EQ(sound.error().code, row.code) << sound.error().what;
  }
}

TEST(WavWriter, WritesWhatTheReaderReads) {
  ScratchFile file;
  const auto sine = make_sine(16'000, 440, milliseconds(500));
  auto writer = open_wav_writer(file.path(), 16'000, 1);
  ASSERT_TRUE(writer);
  ASSERT_TRUE((*writer)->write(Samples(sine.samples).first(3'000)));
  ASSERT_TRUE((*writer)->write(Samples(sine.samples).subspan(3'000)));
  ASSERT_TRUE((*writer)->close());
  const auto sound = read_wav(file.bytes());
  ASSERT_TRUE(sound);
  EXPECT_EQ(sound->rate, 16'000U);
  EXPECT_EQ(sound->samples, sine.samples);
  struct stat status{};
  ASSERT_EQ(::stat(file.path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST(WavWriter, LeavesAPlayableFileWhenTheProcessDiesMidway) {
  ScratchFile file;
  const auto sine = make_sine(8'000, 440, milliseconds(1'000));
  auto writer = open_wav_writer(file.path(), 8'000, 1);
  ASSERT_TRUE(writer);
  ASSERT_TRUE((*writer)->write(Samples(sine.samples).first(4'000)));
  // Neither close() nor the destructor has run: this is what a crash leaves, header lengths included.
  const auto bytes = file.bytes();
  ASSERT_EQ(bytes.size(), 44U + 8'000U);
  EXPECT_EQ(bytes[40] | bytes[41] << 8 | bytes[42] << 16, 8'000);
  EXPECT_EQ(bytes[4] | bytes[5] << 8 | bytes[6] << 16, 8'036);
  const auto sound = read_wav(bytes);
  ASSERT_TRUE(sound);
  EXPECT_GT(tone_share(sound->samples, 8'000, 440), 0.99);
}

TEST(WavWriter, SaysWhyAFileCannotBeMade) {
  const auto writer = open_wav_writer("/nonexistent/a.wav", 8'000, 1);
  ASSERT_FALSE(writer);
  EXPECT_EQ(writer.error().code, Code::unavailable);
  EXPECT_NE(writer.error().what.find("/nonexistent/a.wav"), std::string::npos);
}

TEST(Mp3, SurvivesWritingAndReadingAtTelephonyRates) {
  for (const unsigned rate : {8'000U, 16'000U}) {
    for (const unsigned channels : {1U, 2U}) {
      ScratchFile file;
      const auto sine = make_sine(rate, 700, milliseconds(2'000));
      std::vector<std::int16_t> interleaved;
      for (const auto sample : sine.samples) interleaved.insert(interleaved.end(), channels, sample);
      auto writer = open_mp3_writer(file.path(), rate, channels);
      ASSERT_TRUE(writer) << writer.error().what;
      ASSERT_TRUE((*writer)->write(interleaved));
      ASSERT_TRUE((*writer)->close());
      const auto sound = read_mp3(file.bytes());
      ASSERT_TRUE(sound) << sound.error().what;
      EXPECT_EQ(sound->rate, rate);
      EXPECT_NEAR(static_cast<double>(sound->length().count()), 2'000, 250);
      const auto middle = Samples(sound->samples).subspan(rate / 2, rate);
      EXPECT_GT(tone_share(middle, rate, 700), 0.95);
      EXPECT_NEAR(tone_amplitude(middle, rate, 700), 10'000, 1'500);
    }
  }
}

TEST(Mp3, WhatIsNoSoundIsPassedOver) {
  ScratchFile file;
  auto writer = open_mp3_writer(file.path(), 8'000, 1);
  ASSERT_TRUE(writer);
  ASSERT_TRUE((*writer)->write(make_sine(8'000, 700, milliseconds(2'000)).samples));
  ASSERT_TRUE((*writer)->close());
  const Bytes sound = file.bytes();
  std::mt19937 random(7);
  Bytes tag(100'000);  // text and padding
  for (std::size_t i = 0; i < 50'000; ++i) tag[i] = static_cast<std::uint8_t>(random() % 0x80);
  Bytes tagged = sound;
  for (const auto& part : {tag, sound, tag}) tagged.insert(tagged.end(), part.begin(), part.end());
  const auto read = read_mp3(tagged);
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_GT(read->length(), milliseconds(3'500)) << "both parts";
  EXPECT_GT(tone_share(Samples(read->samples).subspan(4'000, 8'000), 8'000, 700), 0.95);
  EXPECT_FALSE(read_mp3(tag)) << "without any sound it is no MP3 file";
}

TEST(Mp3, OneCutOffMidwayStillPlays) {
  ScratchFile file;
  auto writer = open_mp3_writer(file.path(), 8'000, 1);
  ASSERT_TRUE(writer);
  ASSERT_TRUE((*writer)->write(make_sine(8'000, 700, milliseconds(3'000)).samples));
  const auto sound = read_mp3(file.bytes());  // never closed
  ASSERT_TRUE(sound) << sound.error().what;
  EXPECT_GT(sound->length(), milliseconds(1'500));
  EXPECT_GT(tone_share(Samples(sound->samples).subspan(4'000, 8'000), 8'000, 700), 0.95);
}

TEST(DecodeAudio, ChoosesByTypeThenByExtensionThenTriesWav) {
  ScratchFile file;
  auto writer = open_mp3_writer(file.path(), 8'000, 1);
  ASSERT_TRUE((*writer)->write(make_sine(8'000, 700, milliseconds(1'000)).samples));
  ASSERT_TRUE((*writer)->close());
  const Bytes mp3 = file.bytes();
  const std::string wave = wav({}, pcm_bytes(make_sine(8'000, 440, milliseconds(100)).samples));
  struct Row {
    bool is_mp3;
    const char* type;
    const char* path;
    bool decoded;
  };
  for (const auto& row : {
           Row{false, "audio/wav", "/a.mp3", true},
           Row{false, "AUDIO/X-WAV; rate=8000", "/a", true},
           Row{false, "audio/mpeg", "/a.wav", false},
           Row{true, "audio/mpeg", "/a.wav", true},
           Row{true, "audio/mpeg3", "", true},
           Row{true, "audio/mp3", "", true},
           Row{true, "application/octet-stream", "/a.MP3?v=1", true},
           Row{true, "", "/a.mp3", true},
           Row{true, "", "/a", false},
           Row{false, "", "/a", true},
           Row{false, "text/plain", "/a.wav", true},
           Row{false, "", "/a.wav?x=.mp3", true},
       }) {
    const auto sound = decode_audio(row.is_mp3 ? ByteView(mp3) : as_bytes(wave), row.type, row.path);
    EXPECT_EQ(sound.has_value(), row.decoded) << row.type << " " << row.path;
  }
  EXPECT_FALSE(decode_audio(as_bytes("OggS....vorbis"), "audio/ogg", "/a.ogg"));
}

TEST(FuzzWav, CorpusReplays) {
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(PORTICO_FUZZ_DIR "/wav/corpus")) {
    std::ifstream in(entry.path(), std::ios::binary);
    const Bytes bytes{std::istreambuf_iterator<char>(in), {}};
    LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
    ++files;
  }
  EXPECT_GT(files, 5U);
}

}  // namespace
}  // namespace portico::audio
