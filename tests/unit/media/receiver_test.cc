// Who is heard: inject and bleed, proof by SRTP, streams that start anew, silence of the network.
#include "media/receiver.h"

#include <gtest/gtest.h>

#include "audio/goertzel.h"
#include "base/counters.h"
#include "base/limits.h"
#include "media/drop.h"
#include "media/keys.h"
#include "media/party.h"
#include "rtp/rtcp.h"

namespace portico::media {
namespace {

constexpr Codec kAll[] = {Codec::pcmu, Codec::pcma, Codec::g722, Codec::opus};

std::uint64_t dropped(Drop drop) {
  for (const auto& metric : all_metrics()) {
    if (metric.name == "portico_media_drops_total" && metric.labels[0].second == drop_name(drop)) {
      return metric.counter->value();
    }
  }
  return 0;
}

double share(const std::vector<std::int16_t>& samples, unsigned rate, double hz) {
  return audio::tone_share(samples, rate, hz);
}

TEST(Receiver, HearsThePartyThroughEveryCodec) {
  for (const auto codec : kAll) {
    const unsigned rate = audio::sample_rate(codec);
    Bench bench(stream_of(codec));
    Party party(bench.stream);
    bench.apply(Record{.record = "r-1", .path = "x"});
    bench.talk(party, audio::make_sine(rate, 700, Millis(2'000)));
    bench.apply(StopRecord{.record = "r-1"});
    const auto recorded = bench.recorded("r-1");
    EXPECT_EQ(recorded.size(), 2 * rate) << "as long as it lasted, " << codec_name(codec);
    EXPECT_GT(audio::tone_share(audio::Samples(recorded).subspan(rate / 2, rate), rate, 700), 0.9)
        << codec_name(codec);
    EXPECT_EQ(bench.closed("r-1")->rate, rate);
  }
}

TEST(Receiver, AStrangerIsNeverHeardAndNeverSentTo) {
  const auto strangers = dropped(Drop::stranger);
  Bench bench(stream_of(Codec::pcmu));
  Party party(bench.stream);
  Party attacker(bench.stream);
  attacker.ssrc = party.ssrc;  // knows all that can be known
  bench.apply(Record{.record = "r-1", .path = "x"});
  const auto voice = audio::make_sine(8'000, 400, Millis(2'000));
  const auto noise = audio::make_sine(8'000, 2'000, Millis(2'000));
  for (std::size_t i = 0; i + 160 <= voice.samples.size(); i += 160) {
    attacker.sequence = party.sequence;
    attacker.timestamp = party.timestamp;
    bench.receive(attacker.audio(audio::Samples(noise.samples).subspan(i, 160)), kStranger);
    bench.receive(party.audio(audio::Samples(voice.samples).subspan(i, 160)));
    bench.run(Millis(20));
  }
  bench.apply(StopRecord{.record = "r-1"});
  const auto recorded = bench.recorded("r-1");
  EXPECT_GT(share(recorded, 8'000, 400), 0.9);
  EXPECT_LT(share(recorded, 8'000, 2'000), 0.001);
  for (const auto& packet : bench.sent) EXPECT_EQ(packet.to.ip, kPartyAddress.ip);
  EXPECT_EQ(dropped(Drop::stranger) - strangers, 100U);
  bench.apply(ReportQuality{});
  EXPECT_EQ(bench.all<Quality>().at(0).strangers, 100U);
}

TEST(Receiver, AStrangersDigitsAndGoodbyesDoNothing) {
  Bench bench(stream_of(Codec::pcmu));
  Party party(bench.stream);
  Party attacker(bench.stream);
  bench.talk(party, audio::make_silence(8'000, Millis(200)));
  const auto digit = rtp::write_telephone_event({.event = 5, .end = true, .duration = 800});
  bench.receive(attacker.packet(101, digit, 1), kStranger);
  const Bytes goodbye{0x80, 201, 0, 1, 0, 0, 0xCA, 0xFE, 0x81, 203, 0, 1, 0, 0, 0xCA, 0xFE};
  const auto goodbyes = dropped(Drop::rtcp_goodbye);
  bench.receive(goodbye, kStranger, true);
  EXPECT_EQ(dropped(Drop::rtcp_goodbye), goodbyes);
  bench.receive(goodbye, bench.stream.remote_rtcp, true);  // forged with the party's own address
  EXPECT_EQ(dropped(Drop::rtcp_goodbye), goodbyes + 1);
  bench.talk(party, audio::make_silence(8'000, Millis(200)));
  EXPECT_EQ(bench.digits(), "");
  bench.press(party, '7', Millis(100));
  EXPECT_EQ(bench.digits(), "7") << "the party is still there";
}

TEST(Receiver, BehindNatTheFirstConsistentAddressIsLockedAndSentTo) {
  auto stream = stream_of(Codec::pcmu);
  stream.remote_rtp = *parse_endpoint("10.0.0.5:4000");
  stream.remote_rtcp = *parse_endpoint("10.0.0.5:4001");
  stream.remote_behind_nat = true;
  Bench bench(stream);
  Party party(stream);
  const auto real = *parse_endpoint("198.51.100.7:31337");
  bench.receive(party.silence(), real);
  EXPECT_TRUE(bench.all<SourceLocked>().empty());
  bench.receive(party.silence(), real);
  ASSERT_EQ(bench.all<SourceLocked>().size(), 1U);
  EXPECT_EQ(bench.all<SourceLocked>()[0].remote, real);
  const auto before = bench.sent.size();
  bench.run(Millis(100));
  Party attacker(stream);
  for (int i = 0; i < 10; ++i) bench.receive(attacker.silence(), kStranger);
  bench.run(Millis(200));
  for (std::size_t i = before; i < bench.sent.size(); ++i) EXPECT_EQ(bench.sent[i].to, real);
}

// c=0.0.0.0, the old form of hold: whoever speaks is not who was asked to be silent.
TEST(Receiver, OnOldHoldNobodyIsHeard) {
  auto stream = stream_of(Codec::pcmu);
  stream.send = false;
  stream.remote_rtp.ip = {};
  Bench bench(stream);
  Party attacker(stream);
  for (int i = 0; i < 10; ++i) bench.receive(attacker.silence(), kStranger);
  const auto digit = rtp::write_telephone_event({.event = 5, .end = true, .duration = 800});
  bench.receive(attacker.packet(101, digit, 1), kStranger);
  EXPECT_TRUE(bench.all<SourceLocked>().empty());
  EXPECT_EQ(bench.digits(), "");
}

// Each attacker talks at 2 kHz beside a party that talks at 400 Hz, from before its first packet to after its
// last; what is recorded is the party's, and what is played goes to the party once it has spoken.
struct Injection {
  const char* what;
  bool behind_nat;
  Endpoint party;
  Endpoint attacker;
  std::uint32_t attacker_ssrc;
  std::uint16_t attacker_sequence;
  Drop counted;
};
constexpr std::uint32_t kPartySsrc = 0xCAFE;
const Endpoint kNeighbour = {.ip = kPartyAddress.ip, .port = 9'999};
const Endpoint kNatted = *parse_endpoint("198.51.100.7:31337");
const Injection kInjections[] = {
    {"a stranger who knows SSRC and numbers", false, kPartyAddress, kStranger, kPartySsrc, 100,
     Drop::stranger},
    {"a neighbour of the party", false, kPartyAddress, kNeighbour, 0x666, 9'000, Drop::stranger},
    {"the party's address spoofed, another SSRC", false, kPartyAddress, kPartyAddress, 0x666, 9'000,
     Drop::other_source},
    {"the party's address and SSRC spoofed, other numbers", false, kPartyAddress, kPartyAddress, kPartySsrc,
     30'000, Drop::sequence_jump},
    {"a stranger, the party behind a NAT", true, kNatted, kStranger, 0x666, 9'000, Drop::stranger},
};

TEST(Receiver, WhoGuessesThePortIsNotHeardBeforeDuringOrAfter) {
  for (const auto& row : kInjections) {
    const bool spoofed = row.attacker == row.party;
    auto stream = stream_of(Codec::pcmu);
    stream.remote_behind_nat = row.behind_nat;
    stream.signalling_source = kNatted.ip;
    if (row.behind_nat) stream.remote_rtp = *parse_endpoint("10.0.0.5:4000");
    const auto counted = dropped(row.counted);
    Bench bench(stream);
    Party party(stream);
    party.ssrc = kPartySsrc;
    party.sequence = 100;
    Party attacker(stream);
    attacker.ssrc = row.attacker_ssrc;
    attacker.sequence = row.attacker_sequence;
    const auto voice = audio::make_sine(8'000, 400, Millis(2'000));
    const auto noise = audio::make_sine(8'000, 2'000, Millis(3'000));
    const auto frame = [](const audio::Pcm& pcm, std::size_t i) {
      return audio::Samples(pcm.samples).subspan(i * 160, 160);
    };
    // Before: of a spoofed address nobody can tell that it is not the party's, until the party speaks too.
    for (std::size_t i = 0; i < 25 && !spoofed; ++i) {
      bench.receive(attacker.audio(frame(noise, i)), row.attacker);
      bench.run(Millis(20));
    }
    std::size_t sent_before = 0;
    for (std::size_t i = 0; i < 100; ++i) {
      bench.receive(party.audio(frame(voice, i)), row.party);
      if (!spoofed || i > 2) bench.receive(attacker.audio(frame(noise, 25 + i)), row.attacker);
      bench.run(Millis(20));
      if (i == 2) {
        bench.apply(Record{.record = "r-1", .path = "x"});
        sent_before = bench.sent.size();
      }
    }
    // After: the party is silent for less than it takes to believe in another stream.
    for (std::size_t i = 0; i < 3; ++i) {
      bench.receive(attacker.audio(frame(noise, 125 + i)), row.attacker);
      bench.run(Millis(20));
    }
    bench.apply(StopRecord{.record = "r-1"});
    const auto recorded = bench.recorded("r-1");
    EXPECT_GT(share(recorded, 8'000, 400), 0.9) << row.what;
    EXPECT_LT(share(recorded, 8'000, 2'000), 0.001) << row.what;
    for (auto i = sent_before; i < bench.sent.size(); ++i)
      EXPECT_EQ(bench.sent[i].to.ip, row.party.ip) << row.what;
    EXPECT_GE(dropped(row.counted) - counted, 95U) << row.what;
  }
}

TEST(Receiver, ASourceThatCameFirstGivesWayAndIsCounted) {
  const auto replaced = [] {
    for (const auto& metric : all_metrics()) {
      if (metric.name == "portico_media_sources_replaced_total") return metric.counter->value();
    }
    return std::uint64_t{0};
  };
  const auto before = replaced();
  Bench bench(stream_of(Codec::pcmu));
  Party attacker(bench.stream);
  attacker.ssrc = 0x666;
  bench.talk(attacker, audio::make_silence(8'000, Millis(200)), kNeighbour);
  Party party(bench.stream);
  bench.talk(party, audio::make_silence(8'000, Millis(200)));
  ASSERT_EQ(bench.all<SourceLocked>().size(), 2U);
  EXPECT_FALSE(bench.all<SourceLocked>()[0].settled);
  EXPECT_EQ(bench.all<SourceLocked>()[1].remote, kPartyAddress);
  EXPECT_TRUE(bench.all<SourceLocked>()[1].settled);
  EXPECT_EQ(replaced() - before, 1U);
}

TEST(Receiver, AReInviteToAnotherAddressUnlocksARefreshDoesNot) {
  Bench bench(stream_of(Codec::pcmu));
  Party party(bench.stream);
  bench.talk(party, audio::make_silence(8'000, Millis(100)));
  bench.configure(bench.stream);
  bench.talk(party, audio::make_silence(8'000, Millis(100)));
  EXPECT_EQ(bench.all<SourceLocked>().size(), 1U);
  auto moved = bench.stream;
  moved.remote_rtp = *parse_endpoint("198.51.100.7:6000");
  bench.configure(moved);
  const auto before = bench.sent.size();
  bench.talk(party, audio::make_silence(8'000, Millis(100)), moved.remote_rtp);
  ASSERT_EQ(bench.all<SourceLocked>().size(), 2U);
  EXPECT_EQ(bench.all<SourceLocked>()[1].remote, moved.remote_rtp);
  for (std::size_t i = before; i < bench.sent.size(); ++i) EXPECT_EQ(bench.sent[i].to, moved.remote_rtp);
}

TEST(Receiver, WithSrtpOnlyAProvenPacketLocks) {
  const auto pair = keys(3);
  const auto stream = secured(stream_of(Codec::pcmu), pair);
  Bench bench(stream);
  Party party(stream);
  party.use_srtp(reversed(pair));
  Party attacker(stream);  // in the clear, and from SDP's own address
  for (int i = 0; i < 10; ++i) bench.receive(attacker.silence());
  Party other(stream);
  other.use_srtp(reversed(keys(9)));
  for (int i = 0; i < 10; ++i) bench.receive(other.silence());
  EXPECT_TRUE(bench.all<SourceLocked>().empty());
  const auto real = *parse_endpoint("198.51.100.7:31337");  // not SDP's: the tag is proof enough
  bench.receive(party.silence(), real);
  ASSERT_EQ(bench.all<SourceLocked>().size(), 1U);
  EXPECT_EQ(bench.all<SourceLocked>()[0].remote, real);
  bench.apply(Record{.record = "r-1", .path = "x"});
  bench.talk(party, audio::make_sine(8'000, 600, Millis(1'000)), real);
  bench.apply(StopRecord{.record = "r-1"});
  EXPECT_GT(share(bench.recorded("r-1"), 8'000, 600), 0.9);
}

std::uint64_t srtp_dropped(rtp::Drop drop) {
  for (const auto& metric : all_metrics()) {
    if (metric.name == "portico_rtp_drops_total" && metric.labels[0].second == rtp::drop_name(drop))
      return metric.counter->value();
  }
  return 0;
}

TEST(Receiver, CapturedSrtpPacketsAreWorthNothing) {
  const auto pair = keys(3);
  const auto stream = secured(stream_of(Codec::pcmu), pair);
  Bench bench(stream);
  Party party(stream);
  party.use_srtp(reversed(pair));
  bench.apply(Record{.record = "r-1", .path = "x"});
  const auto replayed = srtp_dropped(rtp::Drop::srtp_replayed);
  const auto voice = audio::make_sine(8'000, 600, Millis(1'000));
  std::vector<Bytes> captured;
  for (std::size_t i = 0; i + 160 <= voice.samples.size(); i += 160) {
    captured.push_back(party.audio(audio::Samples(voice.samples).subspan(i, 160)));
    bench.receive(captured.back());
    bench.receive(captured.back());             // from the right address
    bench.receive(captured.back(), kStranger);  // and from elsewhere
    bench.run(Millis(20));
  }
  EXPECT_EQ(srtp_dropped(rtp::Drop::srtp_replayed) - replayed, captured.size());
  // A re-INVITE that moves the party opens the lock; the same key remembers what it has seen.
  auto moved = stream;
  moved.remote_rtp = *parse_endpoint("198.51.100.7:6000");
  bench.configure(moved);
  for (const auto& packet : captured) bench.receive(packet, kStranger);
  EXPECT_EQ(bench.all<SourceLocked>().size(), 1U) << "a replay does not lock";
  bench.talk(party, audio::make_sine(8'000, 600, Millis(500)), moved.remote_rtp);
  EXPECT_EQ(bench.all<SourceLocked>().size(), 2U);
  bench.apply(StopRecord{.record = "r-1"});
  EXPECT_GT(share(bench.recorded("r-1"), 8'000, 600), 0.9);
}

TEST(Receiver, TheRollOverCounterOutlivesAHoldInWhichThePartyTalksOn) {
  const auto pair = keys(3);
  const auto stream = secured(stream_of(Codec::pcmu), pair);
  Bench bench(stream);
  Party party(stream);
  party.use_srtp(reversed(pair));
  party.sequence = 65'500;
  bench.talk(party, audio::make_silence(8'000, Millis(200)));
  auto held = stream;
  held.receive = false;
  bench.configure(held);
  // 15 minutes: were they not followed, the numbers after them would be taken for older ones.
  for (int i = 0; i < 45'000; ++i) bench.receive(party.silence());
  bench.configure(stream);
  bench.apply(Record{.record = "r-1", .path = "x"});
  bench.talk(party, audio::make_sine(8'000, 600, Millis(1'000)));
  bench.apply(StopRecord{.record = "r-1"});
  EXPECT_GT(share(bench.recorded("r-1"), 8'000, 600), 0.9);
  EXPECT_EQ(bench.all<SourceLocked>().size(), 2U);
  EXPECT_EQ(bench.all<SourceLocked>().back().remote, stream.remote_rtp);
}

// Many phones send nothing on hold, and their NAT forgets them.
TEST(Receiver, APartyMayComeBackFromAnotherPortAfterAHold) {
  auto stream = stream_of(Codec::pcmu);
  stream.remote_rtp = *parse_endpoint("10.0.0.5:4000");
  stream.remote_behind_nat = true;
  stream.signalling_source = *parse_ip("198.51.100.7");
  const auto before = *parse_endpoint("198.51.100.7:33333");
  const auto after = *parse_endpoint("198.51.100.7:40777");
  Bench bench(stream);
  Party party(stream);
  bench.talk(party, audio::make_silence(8'000, Millis(200)), before);
  auto held = stream;
  held.send = held.receive = false;
  bench.configure(held);
  bench.run(Millis(60'000));
  bench.configure(stream);
  bench.run(Millis(100));
  EXPECT_EQ(bench.sent_rtp().back().to, before) << "until it is heard";
  bench.apply(Record{.record = "r-1", .path = "x"});
  bench.talk(party, audio::make_sine(8'000, 600, Millis(1'000)), after);
  bench.apply(StopRecord{.record = "r-1"});
  EXPECT_GT(share(bench.recorded("r-1"), 8'000, 600), 0.9);
  EXPECT_EQ(bench.all<SourceLocked>().back().remote, after);
  EXPECT_EQ(bench.sent_rtp().back().to, after);
  const auto packets = bench.all<SourceLocked>().size();
  bench.talk(party, audio::make_silence(8'000, Millis(100)), before);
  EXPECT_EQ(bench.all<SourceLocked>().size(), packets);
}

TEST(Receiver, APartyThatComesBackFromWhereItWasLosesNothing) {
  const auto stream = stream_of(Codec::pcmu);
  Bench bench(stream);
  Party party(stream);
  bench.talk(party, audio::make_silence(8'000, Millis(200)));
  auto held = stream;
  held.send = false;
  bench.configure(held);
  bench.configure(stream);
  bench.press(party, '5', Millis(100));
  EXPECT_EQ(bench.digits(), "5");
  EXPECT_EQ(bench.all<SourceLocked>().size(), 2U) << "told again, for who places packets";
  bench.talk(party, audio::make_silence(8'000, Millis(100)), kStranger);
  EXPECT_EQ(bench.all<SourceLocked>().size(), 2U);
}

TEST(Receiver, WhatIsSentUnderSrtpOnlyThePartyCanRead) {
  const auto pair = keys(3);
  const auto stream = secured(stream_of(Codec::pcmu), pair);
  Bench bench(stream);
  Party party(stream);
  party.use_srtp(reversed(pair));
  bench.sounds.put("a", audio::make_sine(8'000, 440, Millis(3'000)));
  bench.apply(Play{.play = 1, .sounds = {SoundKey("a")}});
  bench.run(Millis(3'000));
  std::vector<std::int16_t> heard;
  int reports = 0;
  auto decoder = audio::make_decoder(Codec::pcmu);
  std::vector<std::int16_t> block(audio::kPacketSamplesMax);
  for (auto packet : bench.sent) {
    if (packet.rtcp) {
      ASSERT_TRUE(party.srtp()->unprotect_rtcp(packet.bytes));
      ++reports;
      continue;
    }
    const auto size = party.srtp()->unprotect_rtp(packet.bytes);
    ASSERT_TRUE(size);
    const auto made = decoder->decode(rtp::parse_packet(ByteView(packet.bytes).first(*size))->payload, block);
    heard.insert(heard.end(), block.begin(), block.begin() + static_cast<std::ptrdiff_t>(made));
  }
  EXPECT_GT(share(heard, 8'000, 440), 0.95);
  EXPECT_GE(reports, 1);
}

TEST(Receiver, KeysOfOneDirectionOnlyLoseThePortButNoRecording) {
  auto stream = stream_of(Codec::pcmu);
  Bench bench(stream);
  Party party(stream);
  bench.apply(Record{.record = "r-1", .path = "x"});
  bench.talk(party, audio::make_sine(8'000, 400, Millis(1'000)));
  stream.send_key = keys(1).send;
  bench.configure(stream);
  ASSERT_EQ(bench.all<PortLost>().size(), 1U);
  EXPECT_FALSE(bench.engine.has_port(kPort));
  ASSERT_TRUE(bench.closed("r-1").has_value()) << "its file would stay open for ever";
  EXPECT_EQ(bench.closed("r-1")->end, RecordEnd::hangup);
  EXPECT_EQ(bench.recorded("r-1").size(), 8'000U);
}

// A gateway whose keys are a stream of their own.
struct Gateway {
  Gateway() {
    voice.use_srtp(reversed(keys(1)));
    pad.use_srtp(reversed(keys(1)));
    pad.ssrc = 0xD00D;
  }
  Bench bench{secured(stream_of(Codec::pcmu), keys(1))};
  Party voice{bench.stream};
  Party pad{bench.stream};
};

// `voice_goes_on`: while they are pressed.
void press_beside_the_voice(bool voice_goes_on) {
  SCOPED_TRACE(voice_goes_on);
  Gateway gateway;
  auto& [bench, voice, pad] = gateway;
  bench.apply(Record{.record = "r-1", .path = "x"});
  const auto sine = audio::make_sine(8'000, 400, Millis(1'000));
  rtp::EventSender key({.event = 5, .duration = Millis(900)}, 77, 8'000);
  for (std::size_t i = 0; i < 50; ++i) {
    if (voice_goes_on || i < 10)
      bench.receive(voice.audio(audio::Samples(sine.samples).subspan(i * 160, 160)));
    if (const auto event = key.next())
      bench.receive(
          pad.packet(101, rtp::write_telephone_event(event->event), event->timestamp, event->marker));
    bench.run(Millis(20));
  }
  bench.apply(StopRecord{.record = "r-1"});
  EXPECT_EQ(bench.digits(), "5");
  const auto recorded = bench.recorded("r-1");
  const auto heard = audio::Samples(recorded).subspan(1'200);
  EXPECT_TRUE(!voice_goes_on || audio::tone_share(heard, 8'000, 400) > 0.95);
}

TEST(Receiver, UnderSrtpASecondStreamBesideTheFirstTearsNothing) {
  press_beside_the_voice(true);
  press_beside_the_voice(false);
}

TEST(Receiver, UnderSrtpTheStreamOfKeysMayTakeOverTheVoiceAfterItsNumbersHaveWrapped) {
  Gateway gateway;
  auto& [bench, voice, pad] = gateway;
  pad.sequence = 65'532;
  bench.talk(voice, audio::make_silence(8'000, Millis(200)));
  bench.press(pad, '1', Millis(100));
  bench.run(Millis(100));
  bench.talk(pad, audio::make_silence(8'000, Millis(200)));
  bench.press(pad, '2', Millis(100));
  EXPECT_EQ(bench.digits(), "12");
}

TEST(Receiver, AStreamThatStartsAnewIsHeard) {
  Bench bench(stream_of(Codec::pcmu));
  Party party(bench.stream);
  bench.apply(Record{.record = "r-1", .path = "x"});
  bench.talk(party, audio::make_sine(8'000, 400, Millis(500)));
  party.ssrc = 0xD00D;  // a PBX switches to music on hold
  party.sequence = 200;
  party.timestamp = 77;
  bench.talk(party, audio::make_sine(8'000, 900, Millis(500)));
  party.sequence = 20'000;  // and restarts without changing its SSRC
  party.timestamp = 5'000'000;
  bench.talk(party, audio::make_sine(8'000, 1'500, Millis(500)));
  bench.apply(StopRecord{.record = "r-1"});
  const auto recorded = bench.recorded("r-1");
  EXPECT_GT(audio::tone_share(audio::Samples(recorded).subspan(1'200, 2'400), 8'000, 400), 0.9);
  EXPECT_GT(audio::tone_share(audio::Samples(recorded).subspan(5'200, 2'400), 8'000, 900), 0.9);
  EXPECT_GT(audio::tone_share(audio::Samples(recorded).subspan(9'200, 2'400), 8'000, 1'500), 0.9);
  EXPECT_EQ(bench.all<SourceLocked>().size(), 1U);
}

TEST(Receiver, APartyMaySwitchToAnotherAcceptedCodec) {
  auto stream = stream_of(Codec::pcmu);
  stream.also_accepted = {{.codec = Codec::g722, .payload_type = 9}};
  Bench bench(stream);
  Party party(stream);
  bench.apply(Record{.record = "r-1", .path = "x"});
  bench.talk(party, audio::make_sine(8'000, 400, Millis(500)));
  Party wide(stream_of(Codec::g722));
  wide.ssrc = party.ssrc;
  wide.sequence = party.sequence;
  wide.timestamp = party.timestamp;
  const auto tone = audio::make_sine(16'000, 1'000, Millis(1'000));
  for (std::size_t i = 0; i + 320 <= tone.samples.size(); i += 320) {
    bench.receive(wide.audio(audio::Samples(tone.samples).subspan(i, 320)));
    bench.run(Millis(20));
  }
  bench.apply(StopRecord{.record = "r-1"});
  const auto recorded = bench.recorded("r-1");
  ASSERT_EQ(recorded.size(), 12'000U) << "the file keeps its rate";
  EXPECT_GT(audio::tone_share(audio::Samples(recorded).subspan(6'000, 4'000), 8'000, 1'000), 0.9);
}

TEST(Receiver, APartyThatMixesTwoCodecsIsHeardInOne) {
  auto stream = stream_of(Codec::pcmu);
  stream.also_accepted = {{.codec = Codec::g722, .payload_type = 9}};
  Bench bench(stream);
  Party party(stream);
  Party wide(stream_of(Codec::g722));
  bench.apply(Record{.record = "r-1", .path = "x"});
  bench.talk(party, audio::make_silence(8'000, Millis(100)));
  const auto tone = audio::make_sine(8'000, 400, Millis(2'000));
  const std::vector<std::int16_t> quiet(320, 0);
  for (std::size_t i = 0; i + 160 <= tone.samples.size(); i += 160) {
    if (i / 160 % 2 == 0) {
      bench.receive(party.audio(audio::Samples(tone.samples).subspan(i, 160)));
    } else {
      wide.sequence = party.sequence++;
      wide.timestamp = party.timestamp;
      party.timestamp += 160;
      bench.receive(wide.audio(quiet));
    }
    bench.run(Millis(20));
  }
  bench.apply(StopRecord{.record = "r-1"});
  const auto recorded = bench.recorded("r-1");
  EXPECT_GT(audio::tone_share(audio::Samples(recorded).subspan(4'000, 8'000), 8'000, 400), 0.4);
}

// As an answer after early media does, or a re-INVITE.
TEST(Receiver, ADigitThatIsPressedWhileTheCodecChangesIsHeardOnce) {
  auto stream = stream_of(Codec::pcmu);
  stream.other_events = {{.payload_type = 102, .clock = 48'000}};
  Bench bench(stream);
  Party party(stream);
  bench.talk(party, audio::make_silence(8'000, Millis(100)));
  const auto key = [&](std::uint16_t duration) {
    const rtp::TelephoneEvent event{.event = 5, .end = duration == 960, .volume = 10, .duration = duration};
    bench.receive(party.packet(101, rtp::write_telephone_event(event), 7'000));
    bench.run(Millis(20));
  };
  key(160);
  key(320);
  for (const auto codec : {Codec::pcma, Codec::opus, Codec::g722}) {
    auto changed = stream_of(codec);
    changed.receive_event_type = codec == Codec::opus ? 102 : 101;
    changed.event_clock = codec == Codec::opus ? 48'000 : 8'000;
    if (codec == Codec::opus) changed.other_events = {{.payload_type = 101, .clock = 8'000}};
    bench.configure(changed);
    key(640);
  }
  key(960);
  key(960);
  EXPECT_EQ(bench.digits(), "5");
  bench.apply(ReportQuality{});
  EXPECT_EQ(bench.all<Quality>().back().packets_lost, 0);
}

// A stream that goes on while a re-INVITE changes its key or its address.
TEST(Receiver, ADigitThatIsPressedWhileTheSourceChangesIsHeardOnce) {
  enum class Change : unsigned char { address, key, key_of_a_keypad, key_and_codec };
  for (const auto change : {Change::address, Change::key, Change::key_of_a_keypad, Change::key_and_codec}) {
    for (const bool at_its_end : {false, true}) {
      const bool proven = change != Change::address;
      auto stream = proven ? secured(stream_of(Codec::pcmu), keys(3)) : stream_of(Codec::pcmu);
      Bench bench(stream);
      Party party(stream);
      Party keypad(stream);
      keypad.ssrc = 0xD1617;
      for (auto* one : {&party, &keypad}) {
        if (proven) one->use_srtp(reversed(keys(3)));
      }
      bench.talk(party, audio::make_silence(8'000, Millis(100)));
      auto& pressing = change == Change::key_of_a_keypad ? keypad : party;
      auto from = kPartyAddress;
      const auto key = [&](std::uint16_t duration, bool end, std::uint32_t timestamp = 7'000) {
        const rtp::TelephoneEvent event{.event = 5, .end = end, .volume = 10, .duration = duration};
        bench.receive(pressing.packet(101, rtp::write_telephone_event(event), timestamp), from);
        bench.run(Millis(20));
      };
      key(160, false);
      key(320, at_its_end);
      auto changed = change == Change::key_and_codec ? stream_of(Codec::pcma) : stream_of(Codec::pcmu);
      if (proven) {
        changed = secured(changed, keys(4));
        for (auto* one : {&party, &keypad}) one->use_srtp(reversed(keys(4)));
      } else {
        from = changed.remote_rtp = *parse_endpoint("198.51.100.7:6000");
      }
      bench.configure(changed);
      if (!at_its_end) key(480, false);
      for (int i = 0; i < 3; ++i) key(at_its_end ? 320 : 640, true);
      EXPECT_EQ(bench.digits(), "5") << static_cast<int>(change) << at_its_end;
      for (int i = 0; i < 3; ++i) key(160, i > 0, 9'000);
      EXPECT_EQ(bench.digits(), "55") << "another press";
    }
  }
}

TEST(Receiver, LostPacketsAreConcealedAndCounted) {
  Bench bench(stream_of(Codec::pcmu));
  Party party(bench.stream);
  bench.apply(Record{.record = "r-1", .path = "x"});
  const auto tone = audio::make_sine(8'000, 400, Millis(4'000));
  for (std::size_t i = 0; i < 200; ++i) {
    const auto packet = party.audio(audio::Samples(tone.samples).subspan(i * 160, 160));
    if (i % 10 != 9) bench.receive(packet);
    bench.run(Millis(20));
  }
  bench.apply(StopRecord{.record = "r-1"});
  const auto recorded = bench.recorded("r-1");
  EXPECT_GT(audio::tone_share(audio::Samples(recorded).subspan(4'000, 24'000), 8'000, 400), 0.8);
  for (std::size_t at = 4'000; at + 160 <= 28'000; at += 160) {
    ASSERT_GT(audio::level_dbov(audio::Samples(recorded).subspan(at, 160)), -30) << "a hole at sample " << at;
  }
  bench.apply(ReportQuality{});
  const auto quality = bench.all<Quality>().at(0);
  EXPECT_EQ(quality.packets_lost, 19) << "the last loss is not known yet";
  EXPECT_GE(quality.frames_concealed, 19U);
}

TEST(Receiver, JitterIsOfTheCodecsClockAlone) {
  auto stream = stream_of(Codec::opus);
  stream.other_events = {{.payload_type = 102, .clock = 8'000}};
  stream.also_accepted = {{.codec = Codec::pcmu, .payload_type = 0}};
  Bench bench(stream);
  Party party(stream);
  const auto jitter = [&] {
    bench.apply(ReportQuality{});
    return bench.all<Quality>().back().jitter;
  };
  const auto talk = [&] { bench.talk(party, audio::make_silence(16'000, Millis(200))); };
  talk();
  bench.press(party, '1', Millis(200));  // each packet with the timestamp of the first
  EXPECT_LT(jitter(), Millis(5));
  talk();
  const rtp::TelephoneEvent key{.event = 5, .end = true, .volume = 10, .duration = 800};
  bench.receive(party.packet(102, rtp::write_telephone_event(key), 7'000, true));
  talk();
  EXPECT_LT(jitter(), Millis(5));
  bench.receive(party.packet(0, Bytes(160, 0xFF), party.timestamp / 6));
  talk();
  EXPECT_LT(jitter(), Millis(5));
  EXPECT_EQ(bench.digits(), "15");
}

TEST(Receiver, OtherThingsOnThePortAreDroppedByName) {
  const auto not_media = dropped(Drop::not_media);
  const auto payload_type = dropped(Drop::payload_type);
  const auto not_configured = dropped(Drop::not_configured);
  Bench unconfigured;
  Party early(stream_of(Codec::pcmu));
  unconfigured.receive(early.silence());
  EXPECT_EQ(dropped(Drop::not_configured), not_configured + 1);
  Bench bench(stream_of(Codec::pcmu));
  Party party(bench.stream);
  bench.receive(
      Bytes{0x00, 0x01, 0x00, 0x00, 0x21, 0x12, 0xA4, 0x42, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0});  // STUN
  bench.receive(Bytes{});
  EXPECT_EQ(dropped(Drop::not_media), not_media + 2);
  bench.receive(party.packet(34, Bytes(20, 1), 1));
  EXPECT_EQ(dropped(Drop::payload_type), payload_type + 1);
}

TEST(Receiver, TellsWhenNothingComesAnyMore) {
  Bench bench(stream_of(Codec::pcmu));
  Party party(bench.stream);
  bench.talk(party, audio::make_silence(8'000, Millis(1'000)));
  const Bytes report{0x80, 201, 0, 1, 0, 0, 0xCA, 0xFE};
  bench.run(Millis(30'000));
  bench.receive(report, bench.stream.remote_rtcp, true);
  bench.run(Millis(29'900));
  EXPECT_TRUE(bench.all<MediaTimeout>().empty());
  bench.run(Millis(200));
  ASSERT_EQ(bench.all<MediaTimeout>().size(), 1U);
  EXPECT_TRUE(bench.all<MediaTimeout>()[0].rtp_in);
  EXPECT_FALSE(bench.all<MediaTimeout>()[0].rtcp_in);
  bench.run(Millis(30'500));
  ASSERT_EQ(bench.all<MediaTimeout>().size(), 2U);
  EXPECT_TRUE(bench.all<MediaTimeout>()[1].rtp_in);
  EXPECT_TRUE(bench.all<MediaTimeout>()[1].rtcp_in);
  bench.run(Millis(59'000));
  EXPECT_EQ(bench.all<MediaTimeout>().size(), 2U);
  bench.run(Millis(1'500));
  EXPECT_EQ(bench.all<MediaTimeout>().size(), 3U) << "as often as that time passes";
  bench.receive(party.silence());
  bench.run(Millis(59'000));
  EXPECT_EQ(bench.all<MediaTimeout>().size(), 3U);
  bench.run(Millis(2'000));
  EXPECT_EQ(bench.all<MediaTimeout>().size(), 4U) << "armed again by a packet";
}

// voice-applications.md section 5.4: it may have gone while it held the call.
TEST(Receiver, TellsThatNothingComesWhereNoAudioIsExpectedEither) {
  auto held = stream_of(Codec::pcmu);
  held.receive = held.send = false;
  Bench bench(held);
  const Bytes report{0x80, 201, 0, 1, 0, 0, 0xCA, 0xFE};
  for (int n = 0; n < 4; ++n) {
    bench.receive(report, bench.stream.remote_rtcp, true);
    bench.run(Millis(30'000));
  }
  EXPECT_TRUE(bench.all<MediaTimeout>().empty()) << "it reports";
  bench.run(Millis(90'500));
  const auto told = bench.all<MediaTimeout>();
  ASSERT_EQ(told.size(), 2U) << "as often as that time passes";
  EXPECT_TRUE(told[0].rtp_in && told[0].rtcp_in && told[1].rtp_in && told[1].rtcp_in);
  held.receive = true;
  bench.configure(held);
  bench.run(Millis(59'000));
  EXPECT_EQ(bench.all<MediaTimeout>().size(), 2U);
}

TEST(Receiver, AHoldOfAPartyWithoutRtcpIsNotSilenceYet) {
  Bench bench(stream_of(Codec::pcmu));
  Party party(bench.stream);
  bench.talk(party, audio::make_silence(8'000, Millis(70'000)));
  const auto before = bench.all<MediaTimeout>().size();
  auto held = bench.stream;
  held.receive = held.send = false;
  bench.configure(held);
  bench.run(Millis(59'500));
  EXPECT_EQ(bench.all<MediaTimeout>().size(), before);
  bench.run(Millis(1'000));
  EXPECT_EQ(bench.all<MediaTimeout>().size(), before + 1);
}

TEST(Receiver, TellsWhenThePartyReportsThatNothingOfOursArrives) {
  Bench bench(stream_of(Codec::pcmu));
  Party party(bench.stream);
  const auto talk_and_report = [&](std::uint32_t highest) {
    bench.talk(party, audio::make_silence(8'000, Millis(5'000)));
    const rtp::ReportBlock block{.ssrc = 0xBEEF, .extended_highest = highest};
    Bytes report(rtp::kRtcpReportBytesMax);
    report.resize(rtp::write_report({.ssrc = 1, .reports = {&block, 1}, .cname = "party"}, report));
    bench.receive(report, bench.stream.remote_rtcp, true);
  };
  for (std::uint32_t i = 0; i < 20; ++i) talk_and_report(100 + i);
  EXPECT_TRUE(bench.all<MediaTimeout>().empty());
  for (int i = 0; i < 13; ++i) talk_and_report(119);
  ASSERT_EQ(bench.all<MediaTimeout>().size(), 1U);
  EXPECT_TRUE(bench.all<MediaTimeout>()[0].rtp_out);
  EXPECT_FALSE(bench.all<MediaTimeout>()[0].rtp_in);
  talk_and_report(120);
  for (int i = 0; i < 13; ++i) talk_and_report(120);
  EXPECT_EQ(bench.all<MediaTimeout>().size(), 2U) << "armed again";
}

TEST(Receiver, AStrangersPacketsDoNotKeepACallAlive) {
  Bench bench(stream_of(Codec::pcmu));
  Party party(bench.stream);
  Party attacker(bench.stream);
  bench.talk(party, audio::make_silence(8'000, Millis(100)));
  for (int i = 0; i < 61; ++i) {
    bench.receive(attacker.silence(), kStranger);
    bench.receive(Bytes{0x80, 201, 0, 1, 0, 0, 0xCA, 0xFE}, kStranger, true);
    bench.run(Millis(1'000));
  }
  ASSERT_FALSE(bench.all<MediaTimeout>().empty());
  EXPECT_TRUE(bench.all<MediaTimeout>().back().rtp_in && bench.all<MediaTimeout>().back().rtcp_in);
}

}  // namespace
}  // namespace portico::media
