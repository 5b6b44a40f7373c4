// The engine as its driver sees it: packets in, packets out, sounds judged by their content.
#include "media/engine.h"

#include <gtest/gtest.h>

#include "audio/goertzel.h"
#include "base/limits.h"
#include "media/party.h"

namespace portico::media {
namespace {

constexpr Codec kAll[] = {Codec::pcmu, Codec::pcma, Codec::g722, Codec::opus};

audio::Samples part(const std::vector<std::int16_t>& samples, unsigned rate, int from_ms, int length_ms) {
  const auto from = static_cast<std::size_t>(from_ms) * rate / 1'000;
  return audio::Samples(samples).subspan(from, static_cast<std::size_t>(length_ms) * rate / 1'000);
}

TEST(Engine, PlaysAPromptOfAnyRateThroughEveryCodec) {
  for (const auto codec : kAll) {
    const unsigned rate = audio::sample_rate(codec);
    for (const unsigned prompt_rate : {8'000U, 22'050U, 44'100U}) {
      Bench bench(stream_of(codec));
      bench.sounds.put("a", audio::make_sine(prompt_rate, 440, Millis(1'000)));
      bench.sounds.put("b", audio::make_sine(prompt_rate, 1'200, Millis(1'000)));
      bench.apply(Play{.play = 1, .sounds = {SoundKey("a"), SoundKey("b")}});
      bench.run(Millis(2'500));
      const auto heard = bench.heard();
      EXPECT_GT(audio::tone_share(part(heard, rate, 200, 700), rate, 440), 0.9)
          << codec_name(codec) << prompt_rate;
      EXPECT_GT(audio::tone_share(part(heard, rate, 1'200, 700), rate, 1'200), 0.9)
          << codec_name(codec) << prompt_rate;
      EXPECT_LT(audio::level_dbov(part(heard, rate, 2'200, 200)), -55) << codec_name(codec);
      const auto ended = bench.all<PlayEnded>();
      ASSERT_EQ(ended.size(), 1U);
      EXPECT_EQ(ended[0].end, PlayEnd::completed);
      EXPECT_EQ(ended[0].play, 1U);
    }
  }
}

TEST(Engine, SendsAtOnceThenEvery20MsWithContinuousNumbersAndClock) {
  Bench bench(stream_of(Codec::pcmu));
  bench.sounds.put("a", audio::make_sine(8'000, 440, Millis(400)));
  bench.apply(Play{.play = 1, .sounds = {SoundKey("a")}});
  ASSERT_EQ(bench.sent.size(), 1U) << "the first frame does not wait for a tick";
  bench.run(Millis(1'000));
  std::vector<SentPacket> rtp;
  std::copy_if(bench.sent.begin(), bench.sent.end(), std::back_inserter(rtp),
               [](const auto& p) { return !p.rtcp; });
  ASSERT_EQ(rtp.size(), 51U) << "silence goes on when the prompt is over";
  for (std::size_t i = 0; i < rtp.size(); ++i) {
    const auto header = rtp[i].header();
    EXPECT_EQ(rtp[i].at, Millis(20) * static_cast<int>(i));
    EXPECT_EQ(header.sequence, static_cast<std::uint16_t>(65'533 + i));
    EXPECT_EQ(header.timestamp, 1'000 + 160 * i);
    EXPECT_EQ(header.ssrc, 0xBEEFU);
    EXPECT_EQ(header.marker, i == 0);
    EXPECT_EQ(rtp[i].to, kPartyAddress);
    EXPECT_EQ(rtp[i].payload().size(), 160U);
  }
}

TEST(Engine, MarksTheFirstPacketOfATalkSpurt) {
  Bench bench(stream_of(Codec::pcma));
  bench.sounds.put("a", audio::make_sine(8'000, 440, Millis(100)));
  bench.run(Millis(200));
  bench.apply(Play{.play = 1, .sounds = {SoundKey("a")}});
  bench.run(Millis(200));
  int marked = 0;
  for (const auto& packet : bench.sent) marked += !packet.rtcp && packet.header().marker;
  EXPECT_EQ(marked, 2) << "the very first, and the prompt's first";
}

TEST(Engine, EncodesAPromptOnceForAllCallsOfACodec) {
  Bench bench(stream_of(Codec::pcmu));
  bench.sounds.put("a", audio::make_sine(8'000, 440, Millis(400)));
  for (PlayId play = 1; play <= 5; ++play) bench.apply(Play{.play = play, .sounds = {SoundKey("a")}});
  constexpr PortId kOther = kPort + 1;
  ASSERT_TRUE(bench.engine.add_port(at(bench.now), kOther, {.ssrc = 1}));
  bench.engine.apply(at(bench.now), Configure{.port = kOther, .seq = 1, .stream = bench.stream});
  bench.engine.apply(at(bench.now), Play{.port = kOther, .seq = 2, .play = 6, .sounds = {SoundKey("a")}});
  bench.run(Millis(2'500));
  const auto ended = bench.all<PlayEnded>();
  ASSERT_EQ(ended.size(), 6U);
  for (const auto& end : ended) EXPECT_EQ(end.end, PlayEnd::completed);
  EXPECT_EQ(bench.sounds.lookups, 1);
}

TEST(Engine, PlaysWaitInLineAndStopEndsOneOrAll) {
  Bench bench(stream_of(Codec::pcmu));
  bench.sounds.put("a", audio::make_sine(8'000, 440, Millis(10'000)));
  bench.sounds.put("b", audio::make_sine(8'000, 1'000, Millis(10'000)));
  bench.apply(Play{.play = 1, .sounds = {SoundKey("a")}, .loop = true});
  bench.apply(Play{.play = 2, .sounds = {SoundKey("b")}});
  bench.apply(Play{.play = 3, .sounds = {SoundKey("a")}});
  bench.run(Millis(500));
  bench.apply(Stop{.play = 1});
  bench.run(Millis(500));
  const auto heard = bench.heard();
  EXPECT_GT(audio::tone_share(part(heard, 8'000, 100, 300), 8'000, 440), 0.9);
  EXPECT_GT(audio::tone_share(part(heard, 8'000, 600, 300), 8'000, 1'000), 0.9);
  bench.apply(Stop{});
  const auto ended = bench.all<PlayEnded>();
  ASSERT_EQ(ended.size(), 3U);
  for (const auto& end : ended) EXPECT_EQ(end.end, PlayEnd::stopped);
}

TEST(Engine, PlaysRingbackPausesAndKeysAsSounds) {
  Bench bench(stream_of(Codec::pcmu));
  bench.apply(Play{.play = 1,
                   .sounds = {ToneSound{.tone = Tone::ringback, .duration = Millis(7'000)},
                              ToneSound{.tone = Tone::silence, .duration = Millis(500)},
                              ToneSound{.tone = Tone::dtmf, .digit = '5', .duration = Millis(300)}}});
  bench.run(Millis(8'000));
  const auto heard = bench.heard();
  EXPECT_GT(audio::tone_share(part(heard, 8'000, 100, 1'800), 8'000, 440), 0.4);
  EXPECT_GT(audio::tone_share(part(heard, 8'000, 100, 1'800), 8'000, 480), 0.4);
  EXPECT_LT(audio::level_dbov(part(heard, 8'000, 2'050, 3'900)), -60);
  EXPECT_GT(audio::tone_share(part(heard, 8'000, 6'050, 900), 8'000, 480), 0.4) << "the second ring";
  EXPECT_LT(audio::level_dbov(part(heard, 8'000, 7'020, 450)), -60);
  EXPECT_GT(audio::tone_share(part(heard, 8'000, 7'520, 260), 8'000, 770), 0.4);
  EXPECT_GT(audio::tone_share(part(heard, 8'000, 7'520, 260), 8'000, 1'336), 0.4);
  EXPECT_EQ(bench.all<PlayEnded>().size(), 1U);
}

TEST(Engine, APlayThatCannotBePlayedFailsWithTheReason) {
  Bench bench(stream_of(Codec::pcmu));
  bench.apply(Play{.play = 1, .sounds = {SoundKey("gone")}});
  bench.apply(Play{.play = 2, .sounds = {}});
  bench.apply(Play{.play = 3, .sounds = std::vector<Sound>(limits::kPlaySoundsMax + 1, SoundKey("gone"))});
  const auto ended = bench.all<PlayEnded>();
  ASSERT_EQ(ended.size(), 3U);
  for (const auto& end : ended) EXPECT_EQ(end.end, PlayEnd::failed);
  EXPECT_EQ(ended[0].reason, "sound not in the cache: gone");
}

TEST(Engine, TakesNoMorePlaysThanMayWait) {
  Bench bench(stream_of(Codec::pcmu));
  bench.sounds.put("a", audio::make_sine(8'000, 440, Millis(1'000)));
  for (std::size_t i = 1; i <= limits::kPlaysQueuedMax; ++i) {
    bench.apply(Play{.play = i, .sounds = {SoundKey("a")}});
  }
  EXPECT_TRUE(bench.all<PlayEnded>().empty());
  bench.apply(Play{.play = limits::kPlaysQueuedMax + 1, .sounds = {SoundKey("a")}});
  const auto ended = bench.all<PlayEnded>();
  ASSERT_EQ(ended.size(), 1U);
  EXPECT_EQ(ended[0].end, PlayEnd::failed);
  EXPECT_EQ(ended[0].reason, "too many plays are waiting");
}

TEST(Engine, ASoundThatVanishesFromTheCachePlaysToItsEnd) {
  Bench bench(stream_of(Codec::g722));
  bench.sounds.put("a", audio::make_sine(8'000, 440, Millis(1'000)));
  bench.apply(Play{.play = 1, .sounds = {SoundKey("a")}});
  bench.sounds.sounds.clear();
  bench.run(Millis(1'100));
  EXPECT_EQ(bench.all<PlayEnded>().at(0).end, PlayEnd::completed);
  EXPECT_GT(audio::tone_share(part(bench.heard(), 16'000, 200, 700), 16'000, 440), 0.9);
}

TEST(Engine, ARepeatedCommandIsHarmless) {
  Bench bench(stream_of(Codec::pcmu));
  bench.sounds.put("a", audio::make_sine(8'000, 440, Millis(100)));
  const Play play{.port = kPort, .seq = 50, .play = 1, .sounds = {SoundKey("a")}};
  for (int i = 0; i < 3; ++i) bench.engine.apply(at(bench.now), play);
  bench.engine.apply(at(bench.now), Stop{.port = kPort, .seq = 49});
  bench.run(Millis(500));
  ASSERT_EQ(bench.all<PlayEnded>().size(), 1U);
  EXPECT_EQ(bench.all<PlayEnded>()[0].end, PlayEnd::completed);
}

TEST(Engine, HonoursALongerPacketTime) {
  auto stream = stream_of(Codec::pcmu);
  stream.ptime = Millis(40);
  Bench bench(stream);
  bench.sounds.put("a", audio::make_sine(8'000, 440, Millis(1'000)));
  bench.apply(Play{.play = 1, .sounds = {SoundKey("a")}});
  bench.run(Millis(1'000));
  ASSERT_GE(bench.sent.size(), 25U);
  EXPECT_EQ(bench.sent[1].payload().size(), 320U);
  EXPECT_EQ(bench.sent[1].header().timestamp - bench.sent[0].header().timestamp, 320U);
  EXPECT_GT(audio::tone_share(part(bench.heard(), 8'000, 100, 800), 8'000, 440), 0.99);
}

TEST(Engine, GoesOnWithAnotherCodecAfterAReInvite) {
  Bench bench(stream_of(Codec::pcmu));
  bench.sounds.put("a", audio::make_sine(16'000, 440, Millis(2'000)));
  bench.apply(Play{.play = 1, .sounds = {SoundKey("a")}});
  bench.run(Millis(1'000));
  const auto before = bench.sent.size();
  const auto last = bench.sent.back().header();
  bench.configure(stream_of(Codec::g722));
  bench.run(Millis(1'200));
  EXPECT_EQ(bench.sent[before].header().payload_type, 9);
  EXPECT_EQ(bench.sent[before].header().sequence, static_cast<std::uint16_t>(last.sequence + 1));
  EXPECT_EQ(bench.sent[before].header().timestamp, last.timestamp + 160);
  const auto heard = bench.heard();  // G.722 packets only
  EXPECT_GT(audio::tone_share(part(heard, 16'000, 200, 700), 16'000, 440), 0.9);
  EXPECT_EQ(bench.all<PlayEnded>().at(0).end, PlayEnd::completed);
}

TEST(Engine, OnHoldItSendsNothingAndTheClockRunsOn) {
  Bench bench(stream_of(Codec::pcmu));
  bench.run(Millis(100));
  auto held = bench.stream;
  held.send = false;
  const auto last = bench.sent.back().header();
  bench.configure(held);
  const auto count = bench.sent.size();
  bench.run(Millis(1'000));
  EXPECT_EQ(bench.sent.size(), count);
  held.send = true;
  bench.configure(held);
  bench.run(Millis(40));
  EXPECT_EQ(bench.sent.at(count).header().sequence, static_cast<std::uint16_t>(last.sequence + 1));
  EXPECT_EQ(bench.sent.at(count).header().timestamp, last.timestamp + 51 * 160);
}

TEST(Engine, ADriverThatComesLateCatchesUpOrLeavesAHole) {
  Bench bench(stream_of(Codec::pcmu));
  bench.run(Millis(100));
  const auto before = bench.sent.size();
  bench.now += Millis(100);
  bench.run(Millis(5));
  EXPECT_NEAR(static_cast<double>(bench.sent.size() - before), 5, 1) << "a little late: all frames come";
  const auto last = bench.sent_rtp().back().header().timestamp;
  bench.now += Millis(2'000);
  bench.run(Millis(5));
  const auto jump = bench.sent_rtp().back().header().timestamp - last;
  EXPECT_NEAR(jump / 160.0, 100, 1.5) << "very late: the clock has gone on";
  EXPECT_LT(bench.sent.size() - before, 20U);
}

TEST(Engine, CloseEndsEverythingAndTellsTheQualityLast) {
  Bench bench(stream_of(Codec::pcmu));
  Party party(bench.stream);
  bench.sounds.put("a", audio::make_sine(8'000, 440, Millis(5'000)));
  bench.apply(Play{.play = 1, .sounds = {SoundKey("a")}});
  bench.apply(Record{.record = "r-1", .path = "/tmp/never"});
  bench.talk(party, audio::make_sine(8'000, 700, Millis(1'000)));
  bench.apply(SendDigits{.digits = "1"});
  bench.apply(Close{});
  EXPECT_FALSE(bench.engine.has_port(kPort));
  EXPECT_EQ(bench.all<PlayEnded>().at(0).end, PlayEnd::stopped);
  EXPECT_FALSE(bench.all<DigitsSent>().at(0).sent);
  EXPECT_EQ(bench.closed("r-1")->end, RecordEnd::hangup);
  ASSERT_TRUE(std::holds_alternative<Quality>(bench.events.back()));
  const auto quality = std::get<Quality>(bench.events.back());
  EXPECT_TRUE(quality.final);
  EXPECT_EQ(quality.packets_received, 49U) << "the first of 50 was needed as proof";
  EXPECT_EQ(quality.bytes_received, 49U * 160);
  EXPECT_EQ(quality.packets_lost, 0);
  const auto count = bench.sent.size();
  bench.run(Millis(200));
  bench.receive(party.silence());
  bench.apply(Play{.play = 2, .sounds = {SoundKey("a")}});
  EXPECT_EQ(bench.sent.size(), count);
}

TEST(Engine, KeepsPortsApart) {
  Bench bench(stream_of(Codec::pcmu));
  ASSERT_TRUE(bench.engine.add_port(at(bench.now), 8, {.ssrc = 2}));
  EXPECT_FALSE(bench.engine.add_port(at(bench.now), 8, {.ssrc = 2}));
  EXPECT_FALSE(bench.engine.add_port(at(bench.now), 0, {}));
  auto other = stream_of(Codec::pcma);
  other.remote_rtp = *parse_endpoint("192.0.2.99:5000");
  bench.engine.apply(at(bench.now), Configure{.port = 8, .seq = 1, .stream = other});
  bench.run(Millis(100));
  int to_other = 0;
  for (const auto& packet : bench.sent) {
    const bool others = packet.to == other.remote_rtp;
    to_other += others;
    EXPECT_EQ(packet.header().ssrc, others ? 2U : 0xBEEFU);
  }
  EXPECT_GE(to_other, 4);
}

TEST(Engine, OpensNoMorePortsThanItsLimit) {
  Bench bench;
  for (PortId port = kPort + 1; bench.engine.ports() < limits::kMediaPortsMax; ++port) {
    ASSERT_TRUE(bench.engine.add_port(TimePoint(1h), port, {}).has_value());
  }
  const PortId next = kPort + limits::kMediaPortsMax;
  EXPECT_EQ(bench.engine.add_port(TimePoint(1h), next, {}).error().code, Code::busy);
  bench.apply(Close{});
  EXPECT_TRUE(bench.engine.add_port(TimePoint(1h), next, {}).has_value()) << "one that closed makes room";
}

}  // namespace
}  // namespace portico::media
