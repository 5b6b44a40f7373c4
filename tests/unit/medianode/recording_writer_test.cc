#include "medianode/recording_writer.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>
#include <iterator>

#include "async/workers.h"
#include "audio/wav_reader.h"

namespace portico::medianode {
namespace {

class RecordingWriterTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "portico-recording-XXXXXX").string();
    directory = mkdtemp(pattern.data());
  }
  void TearDown() override { std::filesystem::remove_all(directory); }

  std::string path(const std::string& name) const { return directory + "/" + name; }

  media::FileChunk chunk(const std::string& record, std::int16_t value, bool last = false) {
    media::FileChunk made{.port = 1, .record = record, .path = path(record + ".wav")};
    made.samples.assign(4'000, value);
    if (last) made.closed = media::RecordingClosed{.port = 1, .record = record, .path = made.path};
    return made;
  }

  SharedSink sink() {
    return std::make_shared<const EventSink>([this](const media::Event& event) {
      const std::lock_guard lock(mutex);
      closed.push_back(std::get<media::RecordingClosed>(event));
      // What is told must be on the disk by then.
      sizes.push_back(
          std::filesystem::exists(closed.back().path) ? std::filesystem::file_size(closed.back().path) : 0);
    });
  }

  audio::Pcm read(const std::string& record) {
    std::ifstream file(path(record + ".wav"), std::ios::binary);
    const Bytes bytes{std::istreambuf_iterator<char>(file), {}};
    auto pcm = audio::read_wav(bytes);
    EXPECT_TRUE(pcm.has_value());
    return pcm ? *pcm : audio::Pcm{};
  }

  std::string directory;
  async::Workers workers{3};
  std::mutex mutex;
  std::vector<media::RecordingClosed> closed;
  std::vector<std::uintmax_t> sizes;
};

TEST_F(RecordingWriterTest, WritesManyRecordingsEachInOrderAndTellsWhenClosed) {
  {
    RecordingWriter writer(workers);
    for (int piece = 0; piece < 20; ++piece)
      for (int r = 0; r < 20; ++r)
        writer.write(chunk("r-" + std::to_string(r), static_cast<std::int16_t>(piece * 100), piece == 19),
                     sink());
  }
  ASSERT_EQ(closed.size(), 20U);
  for (std::size_t i = 0; i < closed.size(); ++i) {
    EXPECT_EQ(closed[i].end, media::RecordEnd::stopped);
    EXPECT_GE(sizes[i], 20U * 4'000U * 2U) << "all of it is in the file when it is told";
    const auto pcm = read(closed[i].record);
    ASSERT_EQ(pcm.samples.size(), 20U * 4'000U);
    for (std::size_t piece = 0; piece < 20; ++piece)
      EXPECT_EQ(pcm.samples[piece * 4'000 + 17], static_cast<std::int16_t>(piece * 100));
  }
}

TEST_F(RecordingWriterTest, ADiskErrorIsAnEvent) {
  {
    RecordingWriter writer(workers);
    auto lost = chunk("r-lost", 1, true);
    lost.path = lost.closed->path = directory + "/none/r-lost.wav";
    writer.write(std::move(lost), sink());
  }
  ASSERT_EQ(closed.size(), 1U);
  EXPECT_EQ(closed[0].end, media::RecordEnd::error);
  EXPECT_FALSE(closed[0].reason.empty());
}

TEST_F(RecordingWriterTest, ADiskThatIsBehindCostsTheRecordingAndBoundsTheMemory) {
  {
    // The only worker is kept busy until all has been handed over.
    async::Workers one(1);
    std::promise<void> release;
    ASSERT_TRUE(one.run([waiting = release.get_future().share()] { waiting.wait(); }));
    RecordingWriter writer(one, 20'000);
    for (int piece = 0; piece < 10; ++piece) writer.write(chunk("r-slow", 1, piece == 9), sink());
    EXPECT_LE(writer.queued_bytes(), 20'000U);
    EXPECT_EQ(writer.unfinished(), std::set<media::RecordId>{"r-slow"});
    release.set_value();
  }
  ASSERT_EQ(closed.size(), 1U);
  EXPECT_EQ(closed[0].end, media::RecordEnd::error);
  EXPECT_EQ(read("r-slow").samples.size(), 2U * 4'000U) << "what was taken is in the file";
}

TEST_F(RecordingWriterTest, ALongQueueOfOneRecordingDoesNotKeepTheWorkerFromOthers) {
  const auto lane = [](const std::string& record) { return std::hash<media::RecordId>{}(record) % 8; };
  std::string other = "r-1";
  while (lane(other) == lane("r-long")) other += "1";
  {
    async::Workers one(1);
    std::promise<void> release;
    ASSERT_TRUE(one.run([waiting = release.get_future().share()] { waiting.wait(); }));
    RecordingWriter writer(one);
    for (int piece = 0; piece < 100; ++piece) writer.write(chunk("r-long", 1, piece == 99), sink());
    writer.write(chunk(other, 1, true), sink());
    release.set_value();
    while (writer.queued_bytes() > 0) std::this_thread::yield();
  }
  ASSERT_EQ(closed.size(), 2U);
  EXPECT_EQ(closed[0].record, other);
  EXPECT_EQ(read("r-long").samples.size(), 100U * 4'000U);
}

TEST_F(RecordingWriterTest, WhatFoundNoWorkerIsWrittenWhenNudged) {
  std::promise<void> release;
  {
    async::Workers one(1);
    const auto waiting = release.get_future().share();
    ASSERT_TRUE(one.run([waiting] { waiting.wait(); }));
    while (one.run([] {})) {
    }
    RecordingWriter writer(one);
    writer.write(chunk("r-late", 5, true), sink());
    release.set_value();
    while (!writer.unfinished().empty()) {
      writer.nudge();
      std::this_thread::yield();
    }
    EXPECT_EQ(writer.queued_bytes(), 0U);
  }
  ASSERT_EQ(closed.size(), 1U);
  EXPECT_EQ(read("r-late").samples.size(), 4'000U);
}

}  // namespace
}  // namespace portico::medianode
