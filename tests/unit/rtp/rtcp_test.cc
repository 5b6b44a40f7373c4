#include "rtp/rtcp.h"

#include <gtest/gtest.h>

#include <array>

#include "base/limits.h"

namespace portico::rtp {
namespace {

Bytes written(const Report& report) {
  Bytes out(kRtcpReportBytesMax);
  out.resize(write_report(report, out));
  return out;
}

Bytes joined(std::initializer_list<Bytes> parts) {
  Bytes out;
  for (const auto& part : parts) out.insert(out.end(), part.begin(), part.end());
  return out;
}

const Bytes kEmptyRr{0x80, 201, 0, 1, 0, 0, 0, 1};

TEST(Rtcp, ReadsTheSenderReportItWrites) {
  const SenderReport sender{.ssrc = 0xAABBCCDD,
                            .sent = {.seconds = 0xE0000000, .fraction = 0x80000000},
                            .rtp_timestamp = 160'000,
                            .packets = 1'000,
                            .octets = 160'000};
  const std::array blocks{ReportBlock{.ssrc = 5,
                                      .fraction_lost = 12,
                                      .cumulative_lost = -3,
                                      .extended_highest = 70'000,
                                      .jitter = 44,
                                      .last_sr = 0x01020304,
                                      .delay_since_last_sr = 65'536},
                          ReportBlock{.ssrc = 6, .cumulative_lost = 0x7FFFFF}};
  const auto bytes = written({.ssrc = 0xAABBCCDD, .sender = sender, .reports = blocks, .cname = "c@portico"});
  EXPECT_EQ(bytes.size() % 4, 0U);
  const auto compound = parse_compound(bytes);
  ASSERT_TRUE(compound);
  EXPECT_EQ(compound->sender, sender);
  ASSERT_EQ(compound->reports.size(), 2U);
  EXPECT_EQ(compound->reports[0], blocks[0]);
  EXPECT_EQ(compound->reports[1], blocks[1]);
  EXPECT_EQ(compound->cname, "c@portico");
  EXPECT_TRUE(compound->goodbyes.empty());
  EXPECT_FALSE(compound->reduced_size);
}

TEST(Rtcp, WritesAReceiverReportWithGoodbyeByteForByte) {
  EXPECT_EQ(to_hex(written({.ssrc = 0x01020304, .cname = "ab", .goodbye = true})),
            "80c9000101020304"                  // RR, no blocks
            "81ca0003010203040102616200000000"  // SDES: CNAME "ab" and zeros
            "81cb000101020304");                // BYE
}

TEST(Rtcp, TakesEveryLengthOfCname) {
  for (std::size_t length = 0; length <= 256; ++length) {
    const std::string cname(length, 'x');
    const auto compound = parse_compound(written({.ssrc = 1, .cname = cname}));
    ASSERT_TRUE(compound) << length;
    EXPECT_EQ(compound->cname, cname.substr(0, 255));
  }
}

TEST(Rtcp, WritesNothingWhereItDoesNotFit) {
  Bytes small(20);
  EXPECT_EQ(write_report({.ssrc = 1, .cname = "a name"}, small), 0U);
}

TEST(Rtcp, WritesAtMostThirtyOneBlocks) {
  const std::vector<ReportBlock> many(40, ReportBlock{.ssrc = 3});
  const auto compound = parse_compound(written({.ssrc = 1, .reports = many, .cname = std::string(255, 'n')}));
  ASSERT_TRUE(compound);
  EXPECT_EQ(compound->reports.size(), 31U);
}

TEST(Rtcp, SkipsWhatItDoesNotUse) {
  const Bytes app{0x81, 204, 0, 3, 0, 0, 0, 1, 'T', 'E', 'S', 'T', 1, 2, 3, 4};
  const Bytes nack{0x81, 205, 0, 3, 0, 0, 0, 1, 0, 0, 0, 2, 0, 7, 0, 0};
  const Bytes pli{0x81, 206, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2};
  const Bytes xr{0x80, 207, 0, 1, 0, 0, 0, 1};
  const Bytes bye{0x82, 203, 0, 4, 0, 0, 0, 1, 0, 0, 0, 2, 3, 'b', 'y', 'e', 0, 0, 0, 0};
  const auto compound = parse_compound(joined({kEmptyRr, app, nack, pli, xr, bye}));
  ASSERT_TRUE(compound);
  EXPECT_EQ(compound->goodbyes, (std::vector<std::uint32_t>{1, 2}));
}

TEST(Rtcp, ToleratesReducedSize) {
  const auto compound = parse_compound(Bytes{0x81, 206, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2});
  ASSERT_TRUE(compound);
  EXPECT_TRUE(compound->reduced_size);
}

TEST(Rtcp, TakesPaddingOnTheLastPacketOnly) {
  const Bytes padded{0xA0, 201, 0, 2, 0, 0, 0, 1, 0, 0, 0, 4};
  EXPECT_TRUE(parse_compound(padded));
  EXPECT_EQ(parse_compound(joined({padded, kEmptyRr})).error(), Drop::bad_padding);
}

TEST(Rtcp, TakesAnSdesWhoseLastZeroIsMissing) {
  const Bytes sdes{0x81, 202, 0, 2, 0, 0, 0, 1, 1, 2, 'a', 'b'};
  EXPECT_EQ(parse_compound(joined({kEmptyRr, sdes}))->cname, "ab");
}

TEST(Rtcp, IsDroppedByName) {
  struct Row {
    const char* what;
    Bytes bytes;
    Drop drop;
  };
  Bytes many;
  for (std::size_t i = 0; i <= limits::kRtcpPacketsMax; ++i)
    many.insert(many.end(), kEmptyRr.begin(), kEmptyRr.end());
  Bytes blocks;
  for (int i = 0; i < 3; ++i) {
    Bytes rr{0x80 | 31, 201, 0, 1 + 31 * 6, 0, 0, 0, 1};
    rr.resize(8 + 31 * 24);
    blocks.insert(blocks.end(), rr.begin(), rr.end());
  }
  const Row rows[] = {
      {"nothing", {}, Drop::too_short},
      {"three bytes", {0x80, 201, 0}, Drop::too_short},
      {"version 1", {0x40, 201, 0, 1, 0, 0, 0, 1}, Drop::bad_version},
      {"second part of version 0", joined({kEmptyRr, {0, 0, 0, 0}}), Drop::bad_version},
      {"longer than the datagram", {0x80, 201, 0, 2, 0, 0, 0, 1}, Drop::rtcp_bad_length},
      {"crumbs behind", joined({kEmptyRr, {0x80, 202}}), Drop::rtcp_bad_length},
      {"RR without SSRC", {0x80, 201, 0, 0}, Drop::rtcp_bad_packet},
      {"RR of one block that is not there", {0x81, 201, 0, 1, 0, 0, 0, 1}, Drop::rtcp_bad_packet},
      {"SR without sender fields", {0x80, 200, 0, 1, 0, 0, 0, 1}, Drop::rtcp_bad_packet},
      {"SDES item beyond its chunk", joined({kEmptyRr, {0x81, 202, 0, 2, 0, 0, 0, 1, 1, 9, 'a', 'b'}}),
       Drop::rtcp_bad_packet},
      {"SDES with fewer chunks than it says", joined({kEmptyRr, {0x82, 202, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0}}),
       Drop::rtcp_bad_packet},
      {"BYE without its sources", joined({kEmptyRr, {0x82, 203, 0, 1, 0, 0, 0, 1}}), Drop::rtcp_bad_packet},
      {"BYE whose reason is cut", joined({kEmptyRr, {0x81, 203, 0, 2, 0, 0, 0, 1, 9, 'b', 'y', 'e'}}),
       Drop::rtcp_bad_packet},
      {"padding of 0", {0xA0, 201, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0}, Drop::bad_padding},
      {"padding of 3", {0xA0, 201, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3}, Drop::bad_padding},
      {"padding beyond the packet", {0xA0, 201, 0, 1, 0, 0, 0, 12}, Drop::bad_padding},
      {"too many packets", many, Drop::rtcp_too_many},
      {"too many blocks", blocks, Drop::rtcp_too_many},
  };
  for (const auto& row : rows) {
    const auto compound = parse_compound(row.bytes);
    ASSERT_FALSE(compound) << row.what;
    EXPECT_EQ(drop_name(compound.error()), drop_name(row.drop)) << row.what;
  }
}

TEST(NtpTime, CountsFrom1900AndWrapsIn2036) {
  const WallTime epoch{};
  EXPECT_EQ(to_ntp(epoch), (NtpTime{.seconds = 2'208'988'800, .fraction = 0}));
  const auto half = *parse_iso8601("2026-08-01T09:00:00.500Z");
  EXPECT_EQ(to_ntp(half).fraction, 0x8000'0000U);
  for (const auto* text : {"1970-01-01T00:00:00Z", "2026-08-01T09:00:00.123Z", "2036-02-07T06:28:15.999Z",
                           "2036-02-07T06:28:16Z", "2050-01-01T00:00:00.001Z"}) {
    const auto time = *parse_iso8601(text);
    EXPECT_EQ(to_iso8601(from_ntp(to_ntp(time))), to_iso8601(time));
  }
}

TEST(RoundTrip, IsWhatRemainsOfTheExampleInRfc3550) {
  // RFC 3550 figure 2: A = 0xb710:8000, LSR 0xb705:2000, DLSR 0x0005:4000 -> 6.125 s.
  const ReportBlock block{.last_sr = 0xb705'2000, .delay_since_last_sr = 0x0005'4000};
  EXPECT_EQ(round_trip(block, {.seconds = 0x0000'b710, .fraction = 0x8000'0000}), Millis(6'125));
}

TEST(RoundTrip, IsUnknownWithoutALastReportOrAgainstReason) {
  EXPECT_EQ(round_trip({}, {.seconds = 1}), std::nullopt);
  EXPECT_EQ(round_trip({.last_sr = 0x10000, .delay_since_last_sr = 0x30000}, {.seconds = 2}), std::nullopt);
  EXPECT_EQ(round_trip({.last_sr = 0x50000}, {.seconds = 2}), std::nullopt);  // sent in the future
}

TEST(ReportInterval, IsFiveSecondsMoreOrLess) {
  const auto seconds = [](const ReportInterval& session, double chance) {
    return std::chrono::duration<double>(next_report_in(session, chance)).count();
  };
  EXPECT_NEAR(seconds({}, 0.5), 5 / 1.21828, 0.001);
  EXPECT_NEAR(seconds({}, 0.0), 2.5 / 1.21828, 0.001);
  EXPECT_NEAR(seconds({}, 0.999999), 7.5 / 1.21828, 0.001);
  EXPECT_NEAR(seconds({.initial = true}, 0.5), 2.5 / 1.21828, 0.001);
  EXPECT_NEAR(seconds({.rtcp_octets_per_second = 10, .average_octets = 100}, 0.5), 20 / 1.21828, 0.001);
}

}  // namespace
}  // namespace portico::rtp
