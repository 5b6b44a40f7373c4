#include "media/sender.h"

#include <gtest/gtest.h>

#include "media/keys.h"
#include "media/party.h"

namespace portico::media {
namespace {

// What a phone makes of the packets of a tone whose sequence numbers begin anew in its middle (the bench's
// first one is 65,533), sample by sample beside the tone.
void expect_no_gap(const Bench& bench, rtp::SrtpSession* srtp, const audio::Pcm& tone) {
  auto decoder = audio::make_decoder(Codec::pcmu);
  std::vector<std::int16_t> heard;
  std::uint16_t expected = 65'533;
  for (auto packet : bench.sent_rtp()) {
    auto size = packet.bytes.size();
    if (srtp != nullptr) {
      const auto clear = srtp->unprotect_rtp(packet.bytes);
      ASSERT_TRUE(clear) << "packet " << expected;
      size = *clear;
    }
    const auto parsed = rtp::parse_packet(ByteView(packet.bytes).first(size));
    ASSERT_EQ(parsed->header.sequence, expected++);
    std::vector<std::int16_t> block(audio::kPacketSamplesMax);
    block.resize(decoder->decode(parsed->payload, block));
    heard.insert(heard.end(), block.begin(), block.end());
  }
  ASSERT_LT(expected, 1'000) << "the numbers began anew";
  ASSERT_GE(heard.size(), tone.samples.size());
  for (std::size_t i = 0; i < tone.samples.size(); ++i) {
    ASSERT_NEAR(heard[i], tone.samples[i], 600) << "at sample " << i;  // mu-law's steps
  }
}

void play_across_the_wrap(Bench& bench, const audio::Pcm& tone) {
  bench.sounds.put("a", tone);
  bench.apply(Play{.play = 1, .sounds = {SoundKey("a")}});
  bench.run(Millis(1'000));
}

TEST(Sender, GoesOnWhereSequenceNumbersBeginAnew) {
  const auto tone = audio::make_sine(8'000, 440, Millis(800));
  Bench bench(stream_of(Codec::pcmu));
  play_across_the_wrap(bench, tone);
  expect_no_gap(bench, nullptr, tone);
}

// RFC 3711 section 3.3.1: the roll-over counter, which no packet carries, goes up at both ends.
TEST(Sender, GoesOnUnderSrtpWhereSequenceNumbersBeginAnew) {
  const auto tone = audio::make_sine(8'000, 440, Millis(800));
  for (const auto& traits : kSrtpSuites) {
    SCOPED_TRACE(traits.name);
    const auto pair = keys(3, traits.suite);
    Bench bench(secured(stream_of(Codec::pcmu), pair));
    play_across_the_wrap(bench, tone);
    auto party = *rtp::SrtpSession::create(reversed(pair));
    expect_no_gap(bench, &party, tone);
  }
}

// A far side that heard nothing under the new key before the wrap would take the counter for 0 ever after.
TEST(Sender, ANewKeyDoesNotBeginShortlyBeforeTheWrap) {
  const auto stream = stream_of(Codec::pcmu);
  Bench bench(secured(stream, keys(3)));
  bench.run(Millis(20));
  bench.configure(secured(stream, keys(3)));
  bench.run(Millis(20));
  EXPECT_EQ(bench.sent_rtp().back().header().sequence, 65'534) << "the same key";
  bench.configure(secured(stream, keys(9)));
  bench.run(Millis(20));
  EXPECT_EQ(bench.sent_rtp().back().header().sequence, 32'767);
}

TEST(Sender, ARefreshLeavesNoHoleInPacketsOfSeveralFrames) {
  auto stream = stream_of(Codec::pcmu);
  stream.ptime = Millis(60);
  Bench bench(stream);
  for (int n = 0; n < 30; ++n) {
    bench.run(Millis(20));
    bench.configure(bench.stream);
  }
  const auto sent = bench.sent_rtp();
  ASSERT_GE(sent.size(), 9U);
  for (std::size_t i = 0; i < sent.size(); ++i) {
    EXPECT_EQ(sent[i].payload().size(), 480U);
    EXPECT_EQ(sent[i].header().timestamp, sent[0].header().timestamp + 480 * i);
  }
}

TEST(Sender, MarksWhereAPromptGoesOnAfterAHold) {
  Bench bench(stream_of(Codec::pcmu));
  bench.sounds.put("a", audio::make_sine(8'000, 440, Millis(2'000)));
  bench.apply(Play{.play = 1, .sounds = {SoundKey("a")}});
  bench.run(Millis(100));
  auto held = bench.stream;
  held.send = false;
  const auto talking = bench.stream;
  bench.configure(held);
  bench.run(Millis(100));
  const auto before = bench.sent_rtp().size();
  bench.configure(talking);
  bench.run(Millis(100));
  const auto sent = bench.sent_rtp();
  ASSERT_GT(sent.size(), before + 1);
  EXPECT_TRUE(sent[before].header().marker);
  EXPECT_FALSE(sent[before + 1].header().marker);
}

}  // namespace
}  // namespace portico::media
