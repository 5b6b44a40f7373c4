// Digits both ways.
#include "media/digit_sender.h"

#include <gtest/gtest.h>

#include "audio/dtmf_detector.h"
#include "audio/goertzel.h"
#include "base/limits.h"
#include "media/party.h"
#include "rtp/event_receiver.h"
#include "rtp/sequence.h"

namespace portico::media {
namespace {

struct Key {
  char digit = 0;
  std::uint32_t timestamp = 0;
  Millis duration{0};
};

std::vector<Key> keys_sent(const Bench& bench) {
  rtp::EventReceiver receiver(bench.stream.event_clock);
  rtp::SequenceExtender sequences;
  std::vector<Key> out;
  for (const auto& packet : bench.sent) {
    if (packet.rtcp || packet.header().payload_type != 101) continue;
    const auto sequence = static_cast<std::int64_t>(sequences.extend(packet.header().sequence));
    const auto events = receiver.on_packet(*rtp::parse_packet(packet.bytes), sequence, at(packet.at));
    if (!events) continue;
    for (const auto& event : *events) {
      if (event.phase == rtp::DigitEvent::Phase::ended)
        out.push_back({event.digit, event.timestamp, event.duration});
    }
  }
  return out;
}

TEST(DigitSender, SendsEventsThatBeginAndEndInSampleTime) {
  for (const auto codec : {Codec::pcmu, Codec::g722, Codec::opus}) {
    Bench bench(stream_of(codec));
    bench.run(Millis(100));
    bench.apply(SendDigits{.digits = "1w2#", .tone_duration = Millis(130), .tone_interval = Millis(70)});
    bench.run(Millis(3'000));
    const auto keys = keys_sent(bench);
    const auto clock = rtp_clock_rate(codec);
    ASSERT_EQ(keys.size(), 3U) << codec_name(codec);
    EXPECT_EQ(std::string({keys[0].digit, keys[1].digit, keys[2].digit}), "12#");
    for (const auto& key : keys) EXPECT_EQ(key.duration, Millis(130));
    EXPECT_EQ(keys[1].timestamp - keys[0].timestamp, clock / 1'000 * (130 + 500));
    EXPECT_EQ(keys[2].timestamp - keys[1].timestamp, clock / 1'000 * (130 + 70));
    const auto done = bench.all<DigitsSent>();
    ASSERT_EQ(done.size(), 1U);
    EXPECT_TRUE(done[0].sent);
    EXPECT_EQ(done[0].seq, bench.seq);
  }
}

TEST(DigitSender, ShortTonesAndShortGapsStayApart) {
  Bench bench(stream_of(Codec::pcmu));
  bench.run(Millis(100));
  bench.apply(SendDigits{.digits = "1234567890", .tone_duration = Millis(50), .tone_interval = Millis(50)});
  bench.run(Millis(1'500));
  std::string digits;
  for (const auto& key : keys_sent(bench)) digits += key.digit;
  EXPECT_EQ(digits, "1234567890");
}

TEST(DigitSender, ALongToneOnAFastClockIsOneDigit) {
  Bench bench(stream_of(Codec::opus));
  bench.run(Millis(100));
  bench.apply(SendDigits{.digits = "9", .tone_duration = Millis(5'000)});
  bench.run(Millis(6'000));
  const auto keys = keys_sent(bench);
  ASSERT_EQ(keys.size(), 1U);
  EXPECT_EQ(keys[0].duration, Millis(5'000));
}

std::size_t loud_frames(const Bench& bench) {
  const unsigned rate = audio::sample_rate(bench.stream.codec);
  const auto heard = bench.heard();
  std::size_t loud = 0;
  for (std::size_t i = 0; i + rate / 50 <= heard.size(); i += rate / 50)
    loud += !audio::is_silence(audio::Samples(heard).subspan(i, rate / 50));
  return loud;
}

std::string tones_sent(const Bench& bench) {
  const unsigned rate = audio::sample_rate(bench.stream.codec);
  audio::DtmfDetector detector(rate);
  std::string digits;
  const auto heard = bench.heard();
  for (std::size_t i = 0; i + rate / 50 <= heard.size(); i += rate / 50) {
    if (const auto digit = detector.on_samples(audio::Samples(heard).subspan(i, rate / 50))) digits += *digit;
  }
  return digits;
}

TEST(DigitSender, WithoutTelephoneEventTheTonesAreInTheSound) {
  for (const auto codec : {Codec::pcmu, Codec::g722, Codec::opus}) {
    auto stream = stream_of(codec);
    stream.send_event_type.reset();
    Bench bench(stream);
    bench.run(Millis(200));
    bench.apply(SendDigits{.digits = "159D", .tone_duration = Millis(90), .tone_interval = Millis(110)});
    bench.run(Millis(1'500));
    EXPECT_EQ(tones_sent(bench), "159D") << codec_name(codec);
    const auto heard = bench.heard();
    if (codec != Codec::pcmu) continue;
    // The first begins with the frame after the command, in sample time.
    std::size_t first = 0;
    while (first < heard.size() && std::abs(heard[first]) < 100) ++first;
    const auto tone = audio::Samples(heard).subspan(first);
    EXPECT_GT(audio::level_dbov(tone.first(700)), -14);
    EXPECT_LT(audio::level_dbov(tone.subspan(730, 860)), -60);
    EXPECT_GT(audio::level_dbov(tone.subspan(1'605, 700)), -14) << "200 ms after the first one began";
  }
}

TEST(DigitSender, AToneUnderWayIsTheSameWithACodecOfAnotherRate) {
  for (const auto& [before, after] : {std::pair(Codec::pcmu, Codec::g722), {Codec::g722, Codec::pcmu}}) {
    auto stream = stream_of(before);
    stream.send_event_type.reset();
    Bench bench(stream);
    bench.run(Millis(100));
    bench.apply(SendDigits{.digits = "11", .tone_duration = Millis(2'000), .tone_interval = Millis(400)});
    bench.run(Millis(500));
    auto other = stream_of(after);
    other.send_event_type.reset();
    bench.configure(other);
    bench.run(Millis(4'500));
    const unsigned rate = audio::sample_rate(after);
    const auto heard = bench.heard();  // since the re-INVITE
    const auto tone = audio::Samples(heard).subspan(rate / 10, rate);
    EXPECT_GT(audio::tone_share(tone, rate, 697) + audio::tone_share(tone, rate, 1'209), 0.9);
    EXPECT_NEAR(static_cast<double>(loud_frames(bench)), 75 + 100, 2)
        << "what was left of the first key, and the second";
    ASSERT_EQ(bench.all<DigitsSent>().size(), 1U);
  }
}

TEST(DigitSender, ADigitUnderWayEndsAsItBeganThoughTheWayChanges) {
  const auto events = stream_of(Codec::pcmu);
  auto tones = events;
  tones.send_event_type.reset();
  for (const bool first_by_tone : {true, false}) {
    Bench bench(first_by_tone ? tones : events);
    bench.run(Millis(100));
    bench.apply(SendDigits{.digits = "47", .tone_duration = Millis(200), .tone_interval = Millis(100)});
    bench.run(Millis(20));  // too short for a digit
    bench.configure(first_by_tone ? events : tones);
    const auto before = bench.sent_rtp().size();
    bench.run(Millis(1'000));
    EXPECT_EQ(tones_sent(bench), first_by_tone ? "4" : "7");
    std::string keys;
    for (const auto& key : keys_sent(bench)) keys += key.digit;
    EXPECT_EQ(keys, first_by_tone ? "7" : "");
    EXPECT_GE(bench.sent_rtp().size() - before, 50U) << "a packet each frame";
  }
}

// A tone cannot be joined where a hold has cut it: it would be two keys.
TEST(DigitSender, AToneThatAHoldCutsIsOneKey) {
  auto talking = stream_of(Codec::pcmu);
  talking.send_event_type.reset();
  auto held = talking;
  held.send = false;
  for (const auto heard_before : {Millis(20), Millis(500)}) {
    Bench bench(talking);
    bench.apply(SendDigits{.digits = "12", .tone_duration = Millis(1'000), .tone_interval = Millis(100)});
    bench.run(heard_before);
    bench.configure(held);
    bench.run(Millis(5'000));
    bench.configure(talking);
    bench.apply(SendDigits{.digits = "3"});
    bench.run(Millis(4'000));
    EXPECT_EQ(tones_sent(bench), "123") << heard_before.count();
    EXPECT_EQ(loud_frames(bench), heard_before == Millis(20) ? 1U + 50 + 50 + 10 : 25U + 50 + 10);
    ASSERT_EQ(bench.all<DigitsSent>().size(), 2U);
    EXPECT_TRUE(bench.all<DigitsSent>()[0].sent);
  }
}

TEST(DigitSender, APromptIsHeldMeanwhileAndGoesOn) {
  Bench bench(stream_of(Codec::pcmu));
  bench.sounds.put("a", audio::make_sine(8'000, 440, Millis(1'000)));
  bench.apply(Play{.play = 1, .sounds = {SoundKey("a")}});
  bench.run(Millis(300));
  bench.apply(SendDigits{.digits = "5", .tone_duration = Millis(100), .tone_interval = Millis(100)});
  bench.run(Millis(1'500));
  EXPECT_EQ(keys_sent(bench).size(), 1U);
  EXPECT_EQ(loud_frames(bench), 50U) << "all 1,000 ms of it";
}

TEST(DigitSender, WhatCannotBeSentIsToldAtOnce) {
  Bench bench(stream_of(Codec::pcmu));
  bench.apply(SendDigits{.digits = "12x"});
  ASSERT_EQ(bench.all<DigitsSent>().size(), 1U);
  EXPECT_FALSE(bench.all<DigitsSent>()[0].sent);
}

TEST(DigitSender, WhatIsPutOnHoldGoesOnAfterIt) {
  Bench bench(stream_of(Codec::pcmu));
  auto held = bench.stream;
  held.send = false;
  const auto talking = bench.stream;
  bench.apply(SendDigits{.digits = "1234", .tone_duration = Millis(100), .tone_interval = Millis(100)});
  bench.run(Millis(350));
  bench.configure(held);
  bench.apply(SendDigits{.digits = "5", .tone_duration = Millis(100)});
  bench.run(Millis(5'000));
  EXPECT_TRUE(bench.all<DigitsSent>().empty()) << "nothing left us";
  bench.configure(talking);
  bench.run(Millis(2'000));
  std::string digits;
  for (const auto& key : keys_sent(bench)) digits += key.digit;
  EXPECT_EQ(digits, "12345");
  ASSERT_EQ(bench.all<DigitsSent>().size(), 2U);
  for (const auto& done : bench.all<DigitsSent>()) EXPECT_TRUE(done.sent);
}

TEST(DigitSender, StopsAtOnceAndSaysThatTheDigitIsOver) {
  Bench bench(stream_of(Codec::pcmu));
  bench.run(Millis(100));
  bench.apply(SendDigits{.digits = "123", .tone_duration = Millis(1'000), .tone_interval = Millis(100)});
  bench.apply(SendDigits{.digits = "4"});
  bench.run(Millis(1'300));  // 200 ms of the second
  bench.apply(StopDigits{});
  ASSERT_EQ(bench.all<DigitsSent>().size(), 2U);
  for (const auto& done : bench.all<DigitsSent>()) EXPECT_FALSE(done.sent);
  bench.run(Millis(3'000));
  const auto keys = keys_sent(bench);
  ASSERT_EQ(keys.size(), 2U);
  EXPECT_EQ(keys[1].digit, '2');
  EXPECT_NEAR(static_cast<double>(keys[1].duration.count()), 200, 20);
  bench.apply(SendDigits{.digits = "5", .tone_duration = Millis(100)});
  bench.run(Millis(1'000));
  EXPECT_EQ(keys_sent(bench).size(), 3U);
  EXPECT_TRUE(bench.all<DigitsSent>().back().sent);
}

TEST(DigitSender, TakesNoMoreThanMayWait) {
  Bench bench(stream_of(Codec::pcmu));
  for (std::size_t i = 0; i <= limits::kSendDigitsQueuedMax; ++i) {
    EXPECT_TRUE(bench.all<DigitsSent>().empty()) << i;
    bench.apply(SendDigits{.digits = "1"});
  }
  const auto done = bench.all<DigitsSent>();
  ASSERT_EQ(done.size(), 1U);
  EXPECT_FALSE(done[0].sent);
}

TEST(Digits, AreToldOnceAPressWhenItBegins) {
  Bench bench(stream_of(Codec::pcmu));
  Party party(bench.stream);
  bench.talk(party, audio::make_silence(8'000, Millis(100)));
  bench.press(party, '1', Millis(160));
  bench.press(party, '1', Millis(160));
  bench.press(party, '#', Millis(60));
  EXPECT_EQ(bench.digits(), "11#");
  EXPECT_EQ(bench.all<Digit>()[0].source, DigitSource::rfc4733);
  EXPECT_EQ(bench.all<Digit>()[0].duration, Millis(20));
}

TEST(Digits, AreHeardAtEachClockThatWasAgreed) {
  auto stream = stream_of(Codec::opus);
  stream.other_events = {{.payload_type = 102, .clock = 8'000}, {.payload_type = 103, .clock = 16'000}};
  Bench bench(stream);
  Party party(stream);
  bench.talk(party, audio::make_silence(48'000, Millis(100)));
  std::uint32_t timestamp = 7'000;
  for (const auto& [type, clock] : {std::pair<std::uint8_t, std::uint32_t>{101, 48'000},
                                    {102, 8'000},
                                    {103, 16'000},
                                    {102, 8'000},
                                    {104, 8'000}}) {
    rtp::EventSender sender({.event = 5, .duration = Millis(100)}, timestamp, clock);
    while (const auto event = sender.next()) {
      bench.receive(
          party.packet(type, rtp::write_telephone_event(event->event), event->timestamp, event->marker));
      bench.run(Millis(20));
    }
    timestamp += 60'000;
  }
  EXPECT_EQ(bench.digits(), "5555") << "104 was not agreed";
  EXPECT_EQ(bench.all<Digit>()[1].duration, Millis(20)) << "in the clock of its own payload type";
}

TEST(Digits, AreHeardAsSoundThroughEveryCodec) {
  for (const auto codec : {Codec::pcmu, Codec::pcma, Codec::g722, Codec::opus}) {
    auto stream = stream_of(codec);
    stream.receive_event_type.reset();
    stream.inband_digits = true;
    Bench bench(stream);
    Party party(stream);
    const unsigned rate = audio::sample_rate(codec);
    bench.talk(party, audio::make_silence(rate, Millis(200)));
    for (const char key : std::string("147*")) {
      bench.talk(party, audio::make_dtmf(rate, key, Millis(120)));
      bench.talk(party, audio::make_silence(rate, Millis(120)));
    }
    EXPECT_EQ(bench.digits(), "147*") << codec_name(codec);
    EXPECT_EQ(bench.all<Digit>()[0].source, DigitSource::inband);
  }
}

// A tone of 300 ms of which packets 5 to 9 are kept back until the tenth comes, or never come, is one press.
// Two with a pause between, in which nothing is sent, are two.
TEST(Digits, AToneWhosePacketsComeLateIsOnePress) {
  enum class Trouble : std::uint8_t { late, lost, none_between };
  for (const auto trouble : {Trouble::late, Trouble::lost, Trouble::none_between}) {
    auto stream = stream_of(Codec::pcmu);
    stream.receive_event_type.reset();
    stream.inband_digits = true;
    Bench bench(stream);
    Party party(stream);
    bench.talk(party, audio::make_silence(8'000, Millis(400)));
    const auto tone = audio::make_dtmf(8'000, '5', Millis(300));
    std::vector<Bytes> kept_back;
    for (std::size_t i = 0; i < 15; ++i) {
      auto packet = party.audio(audio::Samples(tone.samples).subspan(i * 160, 160));
      if (trouble == Trouble::late && i >= 5 && i < 10) {
        kept_back.push_back(std::move(packet));
      } else if (trouble == Trouble::lost && i >= 5 && i < 8) {
        // it never comes
      } else {
        for (auto& late : std::exchange(kept_back, {})) bench.receive(std::move(late));
        bench.receive(std::move(packet));
      }
      bench.run(Millis(20));
    }
    if (trouble == Trouble::none_between) {
      bench.run(Millis(400));
      party.timestamp += 3'200;
      bench.talk(party, tone);
    }
    bench.talk(party, audio::make_silence(8'000, Millis(400)));
    EXPECT_EQ(bench.digits(), trouble == Trouble::none_between ? "55" : "5") << static_cast<int>(trouble);
  }
}

TEST(Digits, ThatComeAsEventAndAsSoundAreOnePress) {
  auto stream = stream_of(Codec::pcmu);
  stream.inband_digits = true;
  Bench bench(stream);
  Party party(stream);
  bench.talk(party, audio::make_silence(8'000, Millis(200)));
  const auto tone = audio::make_dtmf(8'000, '8', Millis(160));
  rtp::EventSender sender({.event = 8, .duration = Millis(160)}, party.timestamp, 8'000);
  for (std::size_t i = 0; i < 8; ++i) {  // a gateway that sends both
    bench.receive(party.audio(audio::Samples(tone.samples).subspan(i * 160, 160)));
    const auto event = sender.next();
    bench.receive(
        party.packet(101, rtp::write_telephone_event(event->event), event->timestamp, event->marker));
    bench.run(Millis(20));
  }
  bench.talk(party, audio::make_silence(8'000, Millis(300)));
  EXPECT_EQ(bench.digits(), "8");
}

// 50 packets a second: a second key after 16 minutes, and one after 22 more.
TEST(Digits, AreHeardHoweverLongAfterTheLastOne) {
  Bench bench(stream_of(Codec::pcmu));
  Party party(bench.stream);
  const auto voice = party.silence();
  bench.press(party, '1', Millis(100));
  for (const auto packets : {48'000, 66'000}) {
    for (int i = 0; i < packets; ++i) {
      bench.receive(party.packet(0, ByteView(voice).subspan(rtp::kHeaderBytes), party.timestamp));
      party.timestamp += 160;
    }
    bench.run(Millis(1'000));
    bench.press(party, '2', Millis(100));
  }
  EXPECT_EQ(bench.digits(), "122");
}

TEST(Digits, TwoInOnePacketAreTwo) {
  Bench bench(stream_of(Codec::pcmu));
  Party party(bench.stream);
  bench.talk(party, audio::make_silence(8'000, Millis(100)));
  const Bytes both{1, 0x8A, 0x03, 0x20, 2, 0x8A, 0x01, 0x90};
  for (int i = 0; i < 3; ++i) bench.receive(party.packet(101, both, party.timestamp));
  EXPECT_EQ(bench.digits(), "12");
  EXPECT_EQ(bench.all<Digit>()[0].duration, Millis(100));
  EXPECT_EQ(bench.all<Digit>()[1].duration, Millis(50));
}

TEST(Digits, ComeNoFasterThanAThumb) {
  Bench bench(stream_of(Codec::pcmu));
  Party party(bench.stream);
  bench.talk(party, audio::make_silence(8'000, Millis(100)));
  for (std::uint32_t i = 0; i < 500; ++i) {
    bench.receive(
        party.packet(101, rtp::write_telephone_event({.event = 1, .end = true, .duration = 400}), i * 160));
  }
  EXPECT_EQ(bench.digits().size(), limits::kDigitsPerSecondMax);
}

TEST(Digits, StopPromptsWhenAskedTo) {
  for (const bool barge_in : {true, false}) {
    Bench bench(stream_of(Codec::pcmu));
    Party party(bench.stream);
    bench.sounds.put("a", audio::make_sine(8'000, 440, Millis(2'000)));
    bench.apply(CollectDigits{.stop_play_on_digit = barge_in});
    bench.apply(Play{.play = 1, .sounds = {SoundKey("a")}});
    bench.apply(Play{.play = 2, .sounds = {SoundKey("a")}});
    bench.talk(party, audio::make_silence(8'000, Millis(200)));
    const auto before = bench.now;
    bench.press(party, '3', Millis(100));
    bench.run(Millis(300));
    const auto ended = bench.all<PlayEnded>();
    if (!barge_in) {
      EXPECT_TRUE(ended.empty());
      continue;
    }
    ASSERT_EQ(ended.size(), 2U);
    for (const auto& end : ended) EXPECT_EQ(end.end, PlayEnd::digit);
    const auto heard = bench.heard();
    const auto stopped = static_cast<std::size_t>(before.count()) * 8;
    EXPECT_LT(audio::level_dbov(audio::Samples(heard).subspan(stopped + 320)), -60)
        << "silent within two frames";
  }
}

TEST(Digits, APressNotedFromSipInfoIsNotHeardAgain) {
  Bench bench(stream_of(Codec::pcmu));
  Party party(bench.stream);
  bench.sounds.put("a", audio::make_sine(8'000, 440, Millis(2'000)));
  bench.talk(party, audio::make_silence(8'000, Millis(100)));
  bench.apply(NoteDigit{.digit = '1'});
  bench.apply(NoteDigit{.digit = '#'});
  bench.apply(CollectDigits{.stop_play_on_digit = true});
  bench.apply(Play{.play = 1, .sounds = {SoundKey("a")}});
  bench.apply(Record{.record = "r-1", .path = "x", .terminating_digits = "#"});
  bench.press(party, '1', Millis(100));
  bench.press(party, '#', Millis(100));
  EXPECT_EQ(bench.digits(), "");
  EXPECT_TRUE(bench.all<PlayEnded>().empty());
  EXPECT_TRUE(bench.all<RecordingEnded>().empty());
  EXPECT_EQ(bench.seq, 6U) << "1: configured, 2 and 3: noted";
  bench.press(party, '1', Millis(100));
  EXPECT_EQ(bench.digits(), "1") << "another press";
  EXPECT_EQ(bench.all<Digit>()[0].noted, 3U);
  EXPECT_EQ(bench.all<PlayEnded>().size(), 1U);
}

}  // namespace
}  // namespace portico::media
