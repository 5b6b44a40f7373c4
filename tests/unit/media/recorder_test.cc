#include "media/recorder.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include <filesystem>
#include <fstream>

#include "audio/decode_audio.h"
#include "audio/goertzel.h"
#include "base/hash.h"
#include "base/limits.h"
#include "media/file_writers.h"
#include "media/party.h"

namespace portico::media {
namespace {

std::vector<std::int16_t> channel(const std::vector<std::int16_t>& interleaved, std::size_t which) {
  std::vector<std::int16_t> out;
  for (std::size_t i = which; i < interleaved.size(); i += 2) out.push_back(interleaved[i]);
  return out;
}

// A party that says 600 Hz while we play 1,500 Hz, for a second.
void converse(Bench& bench, Party& party) {
  bench.sounds.put("a", audio::make_sine(8'000, 1'500, Millis(1'000)));
  bench.apply(Play{.play = 1, .sounds = {SoundKey("a")}});
  bench.talk(party, audio::make_sine(8'000, 600, Millis(1'000)));
}

TEST(Recorder, ReceivedSideHoldsThePartyOnly) {
  Bench bench(stream_of(Codec::pcmu));
  Party party(bench.stream);
  bench.apply(Record{.record = "r-1", .path = "x"});
  converse(bench, party);
  bench.apply(StopRecord{.record = "r-1"});
  const auto recorded = bench.recorded("r-1");
  EXPECT_GT(audio::tone_share(recorded, 8'000, 600), 0.85);
  EXPECT_LT(audio::tone_share(recorded, 8'000, 1'500), 0.001);
  const auto closed = *bench.closed("r-1");
  EXPECT_EQ(closed.end, RecordEnd::stopped);
  EXPECT_EQ(closed.channels, 1U);
  EXPECT_EQ(closed.samples, recorded.size());
  EXPECT_NEAR(static_cast<double>(closed.duration.count()), 1'000, 20);
  const auto ended = bench.all<RecordingEnded>();
  ASSERT_EQ(ended.size(), 1U) << "told at once, whatever the disk does";
  EXPECT_EQ(ended[0].record, "r-1");
  EXPECT_EQ(ended[0].duration, closed.duration);
}

TEST(Recorder, MixedHoldsBothSidesInOneChannel) {
  Bench bench(stream_of(Codec::pcmu));
  Party party(bench.stream);
  bench.apply(Record{.record = "r-1", .path = "x", .sides = RecordSides::mixed});
  converse(bench, party);
  bench.apply(StopRecord{.record = "r-1"});
  const auto recorded = bench.recorded("r-1");
  EXPECT_GT(audio::tone_amplitude(recorded, 8'000, 600), 8'000);
  EXPECT_GT(audio::tone_amplitude(recorded, 8'000, 1'500), 8'000);
}

TEST(Recorder, TwoChannelsHaveThePartyLeftAndUsRight) {
  Bench bench(stream_of(Codec::pcmu));
  Party party(bench.stream);
  bench.apply(Record{.record = "r-1", .path = "x", .sides = RecordSides::two_channels});
  converse(bench, party);
  bench.apply(StopRecord{.record = "r-1"});
  const auto recorded = bench.recorded("r-1");
  EXPECT_EQ(bench.closed("r-1")->channels, 2U);
  EXPECT_EQ(bench.closed("r-1")->samples, recorded.size() / 2);
  EXPECT_GT(audio::tone_share(channel(recorded, 0), 8'000, 600), 0.85);
  EXPECT_LT(audio::tone_share(channel(recorded, 0), 8'000, 1'500), 0.001);
  EXPECT_GT(audio::tone_share(channel(recorded, 1), 8'000, 1'500), 0.9);
  EXPECT_LT(audio::tone_share(channel(recorded, 1), 8'000, 600), 0.001);
}

TEST(Recorder, LeavesOutWhatIsPaused) {
  Bench bench(stream_of(Codec::pcmu));
  Party party(bench.stream);
  bench.apply(Record{.record = "r-1", .path = "x"});
  bench.talk(party, audio::make_sine(8'000, 400, Millis(500)));
  bench.apply(PauseRecord{.record = "r-1"});
  bench.talk(party, audio::make_sine(8'000, 1'000, Millis(500)));
  bench.apply(ResumeRecord{.record = "r-1"});
  bench.talk(party, audio::make_sine(8'000, 1'800, Millis(500)));
  bench.apply(StopRecord{.record = "r-1"});
  const auto recorded = bench.recorded("r-1");
  EXPECT_EQ(recorded.size(), 8'000U);
  EXPECT_GT(audio::tone_share(audio::Samples(recorded).subspan(1'000, 2'500), 8'000, 400), 0.9);
  EXPECT_GT(audio::tone_share(audio::Samples(recorded).subspan(5'000, 2'500), 8'000, 1'800), 0.9);
  EXPECT_LT(audio::tone_amplitude(audio::Samples(recorded).subspan(5'000, 2'500), 8'000, 1'000), 100);
}

TEST(Recorder, EndsAtTheLongestDurationToTheSample) {
  Bench bench(stream_of(Codec::pcmu));
  Party party(bench.stream);
  bench.apply(Record{.record = "r-1", .path = "x", .duration_max = Millis(1'990)});
  bench.talk(party, audio::make_sine(8'000, 400, Millis(3'000)));
  ASSERT_TRUE(bench.closed("r-1"));
  EXPECT_EQ(bench.closed("r-1")->end, RecordEnd::max_duration);
  EXPECT_EQ(bench.closed("r-1")->duration, Millis(1'990));
  EXPECT_EQ(bench.recorded("r-1").size(), 8U * 1'990);
}

TEST(Recorder, EndsAfterSilenceCountedFromTheStartToo) {
  Bench mute(stream_of(Codec::pcmu));
  mute.apply(Record{.record = "r-1", .path = "x", .silence_timeout = Millis(1'500)});
  mute.run(Millis(2'000));
  ASSERT_TRUE(mute.closed("r-1"));
  EXPECT_EQ(mute.closed("r-1")->end, RecordEnd::silence);
  EXPECT_NEAR(static_cast<double>(mute.closed("r-1")->duration.count()), 1'500, 20);

  Bench bench(stream_of(Codec::pcmu));
  Party party(bench.stream);
  bench.apply(Record{.record = "r-1", .path = "x", .silence_timeout = Millis(1'500)});
  bench.talk(party, audio::make_silence(8'000, Millis(1'000)));
  bench.talk(party, audio::make_sine(8'000, 400, Millis(1'000)));
  bench.talk(party, audio::make_sine(8'000, 400, Millis(1'400), 40));  // a quiet line, not a dead one
  EXPECT_FALSE(bench.closed("r-1"));
  bench.talk(party, audio::make_sine(8'000, 400, Millis(300), 40));
  ASSERT_TRUE(bench.closed("r-1"));
  EXPECT_EQ(bench.closed("r-1")->end, RecordEnd::silence);
}

TEST(Recorder, ATerminatingDigitEndsItAndLeavesNoTone) {
  for (const bool inband : {false, true}) {
    auto stream = stream_of(Codec::pcmu);
    stream.inband_digits = inband;
    Bench bench(stream);
    Party party(stream);
    bench.apply(Record{.record = "r-1", .path = "x", .terminating_digits = "#*"});
    bench.talk(party, audio::make_sine(8'000, 400, Millis(2'000)));
    bench.press(party, '5', Millis(100));
    EXPECT_FALSE(bench.closed("r-1")) << "not one of those";
    bench.talk(party, audio::make_sine(8'000, 400, Millis(1'000)));
    if (inband) {
      bench.talk(party, audio::make_dtmf(8'000, '#', Millis(200)));
      bench.talk(party, audio::make_silence(8'000, Millis(100)));
    } else {
      bench.talk(party, audio::make_dtmf(8'000, '#', Millis(40)));  // leaks before the phone mutes it
      bench.press(party, '#', Millis(160));
    }
    ASSERT_TRUE(bench.closed("r-1"));
    EXPECT_EQ(bench.closed("r-1")->end, RecordEnd::digit);
    EXPECT_EQ(bench.closed("r-1")->digit, '#');
    const auto recorded = bench.recorded("r-1");
    EXPECT_GT(recorded.size(), 8U * 2'800);
    for (std::size_t i = recorded.size() - 2'400; i + 80 <= recorded.size(); i += 80) {
      EXPECT_LT(audio::tone_amplitude(audio::Samples(recorded).subspan(i, 80), 8'000, 1'477), 3'500)
          << inband << i;
    }
    EXPECT_GT(audio::tone_share(audio::Samples(recorded).last(1'600).first(1'000), 8'000, 400), 0.8);
  }
}

TEST(Recorder, ATerminatingDigitThatCameBySipInfoLeavesNoToneEither) {
  Bench bench(stream_of(Codec::pcmu));
  Party party(bench.stream);
  bench.apply(Record{.record = "r-1", .path = "x", .terminating_digits = "#"});
  bench.talk(party, audio::make_sine(8'000, 400, Millis(2'000)));
  bench.talk(party, audio::make_dtmf(8'000, '#', Millis(160)));
  bench.apply(NoteDigit{.digit = '#'});
  EXPECT_FALSE(bench.closed("r-1"));
  bench.apply(StopRecord{.record = "r-1", .digit = '#'});
  ASSERT_TRUE(bench.closed("r-1"));
  EXPECT_EQ(bench.closed("r-1")->end, RecordEnd::digit);
  EXPECT_EQ(bench.closed("r-1")->digit, '#');
  const auto recorded = bench.recorded("r-1");
  EXPECT_GT(recorded.size(), 8U * 1'900);
  for (std::size_t i = recorded.size() - 2'400; i + 80 <= recorded.size(); i += 80)
    EXPECT_LT(audio::tone_amplitude(audio::Samples(recorded).subspan(i, 80), 8'000, 1'477), 3'500) << i;
}

TEST(Recorder, TwoRunBesideEachOtherButNotTwoOfOneName) {
  Bench bench(stream_of(Codec::pcmu));
  Party party(bench.stream);
  bench.apply(Record{.record = "r-1", .path = "x"});
  bench.apply(Record{.record = "r-2", .path = "y", .sides = RecordSides::mixed});
  bench.apply(Record{.record = "r-1", .path = "z"});
  ASSERT_EQ(bench.all<RecordingClosed>().size(), 1U);
  EXPECT_EQ(bench.all<RecordingClosed>()[0].end, RecordEnd::error);
  bench.talk(party, audio::make_sine(8'000, 400, Millis(500)));
  bench.apply(StopRecord{.record = "r-1"});
  bench.talk(party, audio::make_sine(8'000, 400, Millis(500)));
  bench.apply(StopRecord{.record = "r-2"});
  EXPECT_EQ(bench.recorded("r-1").size(), 4'000U);
  EXPECT_EQ(bench.recorded("r-2").size(), 8'000U);
  for (std::size_t i = 0; i <= limits::kRecordingsPerPortMax; ++i) {
    bench.apply(Record{.record = "many-" + std::to_string(i), .path = "x"});
  }
  EXPECT_EQ(bench.all<RecordingClosed>().size(), 2U) << "one too many";
}

TEST(Recorder, KeepsItsRateThroughAReInvite) {
  Bench bench(stream_of(Codec::pcmu));
  Party party(bench.stream);
  bench.apply(Record{.record = "r-1", .path = "x"});
  bench.talk(party, audio::make_sine(8'000, 400, Millis(1'000)));
  bench.configure(stream_of(Codec::g722));
  Party wide(bench.stream);
  wide.sequence = party.sequence;
  bench.talk(wide, audio::make_sine(16'000, 900, Millis(1'000)));
  bench.apply(StopRecord{.record = "r-1"});
  const auto recorded = bench.recorded("r-1");
  EXPECT_NEAR(static_cast<double>(recorded.size()), 16'000, 200);
  EXPECT_EQ(bench.closed("r-1")->rate, 8'000U);
  EXPECT_GT(audio::tone_share(audio::Samples(recorded).subspan(10'000, 4'000), 8'000, 900), 0.9);
}

TEST(Silence, IsToldOnceUntilThePartySpeaksAgain) {
  Bench bench(stream_of(Codec::pcmu));
  Party party(bench.stream);
  bench.apply(DetectSilence{.after = Millis(800)});
  bench.talk(party, audio::make_sine(8'000, 400, Millis(1'000)));
  bench.run(Millis(3'000));
  EXPECT_EQ(bench.all<Silence>().size(), 1U);
  bench.talk(party, audio::make_sine(8'000, 400, Millis(500)));
  bench.run(Millis(3'000));
  EXPECT_EQ(bench.all<Silence>().size(), 2U);
  EXPECT_NEAR(static_cast<double>(bench.all<Silence>()[1].duration.count()), 800, 20);
}

class FileWritersOf : public testing::TestWithParam<FileFormat> {
 protected:
  void TearDown() override { std::filesystem::remove(path_); }
  Result<audio::Pcm> decoded() const {
    std::ifstream in(path_, std::ios::binary);
    const Bytes bytes{std::istreambuf_iterator<char>(in), {}};
    return audio::decode_audio(bytes, "", GetParam() == FileFormat::mp3 ? "/a.mp3" : "/a.wav");
  }
  std::string path_ = (std::filesystem::temp_directory_path() / ("portico-media-" + random_hex(12))).string();
};
INSTANTIATE_TEST_SUITE_P(, FileWritersOf, testing::Values(FileFormat::wav, FileFormat::mp3));

TEST_P(FileWritersOf, MakesAFileThatCanBeHeardMidwayAndAtTheEnd) {
  Bench bench(stream_of(Codec::pcmu));
  Party party(bench.stream);
  bench.apply(Record{.record = "r-1", .path = path_, .format = GetParam()});
  bench.talk(party, audio::make_sine(8'000, 700, Millis(3'000)));
  FileWriters writers;
  std::size_t written = 0;
  for (; written < bench.chunks.size(); ++written) EXPECT_FALSE(writers.write(bench.chunks[written]));
  ASSERT_GE(written, 4U) << "about twice a second";
  const auto midway = decoded();  // what a crash now would leave
  ASSERT_TRUE(midway) << midway.error().what;
  EXPECT_GT(midway->length(), Millis(1'500));
  EXPECT_GT(audio::tone_share(audio::Samples(midway->samples).subspan(4'000, 4'000), 8'000, 700), 0.9);
  bench.apply(StopRecord{.record = "r-1"});
  std::optional<RecordingClosed> closed;
  for (; written < bench.chunks.size(); ++written) closed = writers.write(bench.chunks[written]);
  ASSERT_TRUE(closed);
  EXPECT_EQ(closed->end, RecordEnd::stopped);
  EXPECT_EQ(closed->duration, Millis(3'000));
  EXPECT_EQ(writers.open_files(), 0U);
  const auto whole = decoded();
  ASSERT_TRUE(whole);
  EXPECT_NEAR(static_cast<double>(whole->length().count()), 3'000, GetParam() == FileFormat::wav ? 0 : 250);
}

TEST(FileWriters, AFileThatCannotBeWrittenIsToldAtTheEnd) {
  Bench bench(stream_of(Codec::pcmu));
  bench.apply(Record{.record = "r-1", .path = "/nonexistent/a.wav"});
  bench.run(Millis(2'000));
  bench.apply(StopRecord{.record = "r-1"});
  FileWriters writers;
  std::optional<RecordingClosed> closed;
  for (const auto& chunk : bench.chunks) closed = writers.write(chunk);
  ASSERT_TRUE(closed);
  EXPECT_EQ(closed->end, RecordEnd::error);
  EXPECT_NE(closed->reason.find("/nonexistent/a.wav"), std::string::npos);
  EXPECT_EQ(closed->samples, 0U);
  EXPECT_EQ(closed->duration, Millis(0));
}

TEST(FileWriters, AFileThatCannotGoOnSaysHowFarItGoes) {
  const auto path = (std::filesystem::temp_directory_path() / ("portico-media-" + random_hex(12))).string();
  const auto chunk = [&](std::size_t samples, bool last) {
    FileChunk made{
        .port = 1, .record = "r-1", .path = path, .samples = std::vector<std::int16_t>(samples, 9)};
    if (last) made.closed = RecordingClosed{.record = "r-1", .duration = Millis(9'999), .samples = 99'999};
    return made;
  };
  FileWriters writers;
  EXPECT_FALSE(writers.write(chunk(4'000, false)));
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &limit), 0);
  const auto before = ::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{.rlim_cur = 8'100, .rlim_max = limit.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  EXPECT_FALSE(writers.write(chunk(4'000, false)));
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &limit), 0);
  ::signal(SIGXFSZ, before);
  const auto closed = writers.write(chunk(4'000, true));
  ASSERT_TRUE(closed);
  EXPECT_EQ(closed->end, RecordEnd::error);
  EXPECT_EQ(closed->samples, 4'000U) << "what was written before, and nothing after";
  EXPECT_EQ(closed->duration, Millis(500));
  std::ifstream in(path, std::ios::binary);
  const Bytes bytes{std::istreambuf_iterator<char>(in), {}};
  EXPECT_EQ(audio::decode_audio(bytes, "", "/a.wav")->length(), Millis(500));
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace portico::media
