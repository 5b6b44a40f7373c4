#include "media/rtcp_session.h"

#include <gtest/gtest.h>

#include <set>

#include "media/party.h"
#include "rtp/rtcp.h"

namespace portico::media {
namespace {

std::vector<rtp::Compound> reports(const Bench& bench) {
  std::vector<rtp::Compound> out;
  for (const auto& packet : bench.sent) {
    if (packet.rtcp) out.push_back(*rtp::parse_compound(packet.bytes));
  }
  return out;
}

TEST(RtcpSession, ReportsEveryFewSecondsWhatWasSentAndHeard) {
  Bench bench(stream_of(Codec::pcmu));
  Party party(bench.stream);
  bench.talk(party, audio::make_silence(8'000, Millis(60'000)));
  const auto sent = reports(bench);
  EXPECT_GE(sent.size(), 8U);
  EXPECT_LE(sent.size(), 25U);
  for (const auto& report : sent) {
    ASSERT_TRUE(report.sender);
    EXPECT_EQ(report.sender->ssrc, 0xBEEFU);
    ASSERT_EQ(report.reports.size(), 1U);
    EXPECT_EQ(report.reports[0].ssrc, party.ssrc);
    EXPECT_EQ(report.reports[0].cumulative_lost, 0);
    EXPECT_FALSE(report.cname.empty());
  }
  EXPECT_NEAR(sent.back().sender->packets, 3'000, 400);
}

// RTCP has a mapping of its own in a NAT.
TEST(RtcpSession, ReportsFollowAPartyThatMoves) {
  auto stream = stream_of(Codec::pcmu);
  stream.remote_rtp = *parse_endpoint("10.0.0.5:4000");
  stream.remote_rtcp = *parse_endpoint("10.0.0.5:4001");
  stream.remote_behind_nat = true;
  stream.signalling_source = *parse_ip("198.51.100.7");
  Bench bench(stream);
  Party party(stream);
  const auto says = [&](const char* rtp, const char* rtcp) {
    bench.talk(party, audio::make_silence(8'000, Millis(100)), *parse_endpoint(rtp));
    Bytes report(rtp::kRtcpReportBytesMax);
    report.resize(
        rtp::write_report({.ssrc = party.ssrc, .sender = rtp::SenderReport{}, .cname = "p"}, report));
    bench.receive(report, *parse_endpoint(rtcp), true);
    bench.sent.clear();
    bench.talk(party, audio::make_silence(8'000, Millis(20'000)), *parse_endpoint(rtp));
    std::set<std::string> to;
    for (const auto& packet : bench.sent) {
      if (packet.rtcp) to.insert(packet.to.to_string());
    }
    return to;
  };
  EXPECT_EQ(says("198.51.100.7:33333", "198.51.100.7:33334"), std::set<std::string>{"198.51.100.7:33334"});
  stream.signalling_source = *parse_ip("203.0.113.50");
  bench.configure(stream);
  EXPECT_EQ(says("203.0.113.50:5000", "203.0.113.50:5009"), std::set<std::string>{"203.0.113.50:5009"});
}

TEST(RtcpSession, LearnsLossAndRoundTripFromTheFarSide) {
  Bench bench(stream_of(Codec::pcmu));
  Party party(bench.stream);
  bench.talk(party, audio::make_silence(8'000, Millis(10'000)));
  const auto last = reports(bench).back();
  Millis sent_at{0};
  for (const auto& packet : bench.sent) sent_at = packet.rtcp ? packet.at : sent_at;
  const auto waited = bench.now - sent_at;
  bench.now += Millis(80);  // on the way, there and back
  const rtp::ReportBlock block{.ssrc = 0xBEEF,
                               .cumulative_lost = 12,
                               .jitter = 160,
                               .last_sr = last.sender->sent.middle(),
                               .delay_since_last_sr = rtp::to_ntp_short(waited)};
  Bytes report(rtp::kRtcpReportBytesMax);
  report.resize(rtp::write_report({.ssrc = party.ssrc, .reports = {&block, 1}, .cname = "p"}, report));
  bench.receive(report, bench.stream.remote_rtcp, true);
  bench.apply(ReportQuality{});
  const auto quality = bench.all<Quality>().at(0);
  EXPECT_NEAR(static_cast<double>(quality.round_trip.count()), 80, 2);
  EXPECT_EQ(quality.remote_lost, 12U);
  EXPECT_EQ(quality.remote_jitter, Millis(20));
}

// RFC 3605: a=rtcp with an address.
TEST(RtcpSession, HearsTheHostThatSdpNamesForRtcp) {
  auto stream = stream_of(Codec::pcmu);
  stream.remote_rtcp = *parse_endpoint("192.0.2.99:4101");
  Bench bench(stream);
  Party party(stream);
  bench.talk(party, audio::make_silence(8'000, Millis(100)));
  const rtp::ReportBlock block{.ssrc = 0xBEEF, .cumulative_lost = 12};
  Bytes report(rtp::kRtcpReportBytesMax);
  report.resize(rtp::write_report({.ssrc = party.ssrc, .reports = {&block, 1}, .cname = "p"}, report));
  bench.receive(report, *parse_endpoint("192.0.2.99:4103"), true);
  bench.apply(ReportQuality{});
  bench.receive(report, stream.remote_rtcp, true);
  bench.apply(ReportQuality{});
  EXPECT_EQ(bench.all<Quality>().at(0).remote_lost, 0U) << "another port of that host";
  EXPECT_EQ(bench.all<Quality>().at(1).remote_lost, 12U);
}

TEST(RtcpSession, SharesThePortWhenMultiplexed) {
  auto stream = stream_of(Codec::pcmu);
  stream.rtcp_mux = true;
  Bench bench(stream);
  bench.run(Millis(10'000));
  int found = 0;
  for (const auto& packet : bench.sent) {
    if (rtp::classify(packet.bytes) != rtp::Kind::rtcp) continue;
    ++found;
    EXPECT_FALSE(packet.rtcp);
    EXPECT_EQ(packet.to, stream.remote_rtp);
  }
  EXPECT_GE(found, 1);
}

TEST(RtcpSession, SaysGoodbyeAtTheEnd) {
  Bench bench(stream_of(Codec::pcmu));
  bench.run(Millis(1'000));
  bench.apply(Close{});
  EXPECT_EQ(reports(bench).back().goodbyes, std::vector<std::uint32_t>{0xBEEF});
}

TEST(RtcpSession, TakesNoLeaveOfWhoNeverHeardOfIt) {
  Bench bench(stream_of(Codec::pcmu));
  bench.apply(Close{});
  EXPECT_TRUE(bench.sent.empty());
}

}  // namespace
}  // namespace portico::media
