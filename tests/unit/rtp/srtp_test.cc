#include "rtp/srtp.h"

#include <gtest/gtest.h>
#include <link.h>

#include <algorithm>

#include "base/limits.h"
#include "rtp/packet.h"

namespace portico::rtp {
namespace {

SrtpKey key_of(SrtpSuite suite, std::uint8_t seed, Bytes mki = {}) {
  SrtpKey key{.suite = suite, .master = Bytes(master_bytes(suite)), .mki = std::move(mki)};
  for (std::size_t i = 0; i < key.master.size(); ++i) key.master[i] = static_cast<std::uint8_t>(seed + i);
  return key;
}

struct Pair {
  SrtpSession ours;
  SrtpSession theirs;
};

Pair pair_of(SrtpSuite suite, const Bytes& mki = {}) {
  const auto a = key_of(suite, 1, mki);
  const auto b = key_of(suite, 101, mki);
  return {*SrtpSession::create({.send = a, .receive = b}), *SrtpSession::create({.send = b, .receive = a})};
}

Bytes rtp_packet(std::uint16_t sequence, std::uint32_t ssrc = 0x1234) {
  Bytes bytes(kHeaderBytes + 20, 0x55);
  write_header({.sequence = sequence, .timestamp = sequence * 160U, .ssrc = ssrc}, bytes);
  return bytes;
}

Bytes protected_rtp(SrtpSession& session, const Bytes& clear) {
  Bytes buffer = clear;
  buffer.resize(clear.size() + kSrtpTrailerBytesMax);
  const auto length = session.protect_rtp(buffer, clear.size());
  EXPECT_TRUE(length);
  buffer.resize(length.value_or(0));
  return buffer;
}

Bytes protected_rtcp(SrtpSession& session, const Bytes& clear) {
  Bytes buffer = clear;
  buffer.resize(clear.size() + kSrtpTrailerBytesMax);
  const auto length = session.protect_rtcp(buffer, clear.size());
  EXPECT_TRUE(length);
  buffer.resize(length.value_or(0));
  return buffer;
}

const Bytes kRtcp{0x80, 201, 0,    1,    0, 0, 0x12, 0x34, 0x81, 202, 0, 3,
                  0,    0,   0x12, 0x34, 1, 2, 'a',  'b',  0,    0,   0, 0};

class SrtpOfEverySuite : public testing::TestWithParam<SrtpSuiteTraits> {
 protected:
  SrtpSuite suite() const { return GetParam().suite; }
};

TEST_P(SrtpOfEverySuite, BringsRtpThereAndBack) {
  auto [ours, theirs] = pair_of(suite());
  const auto clear = rtp_packet(1);
  auto wire = protected_rtp(ours, clear);
  EXPECT_GT(wire.size(), clear.size());
  EXPECT_FALSE(std::equal(clear.begin() + 12, clear.end(), wire.begin() + 12)) << "payload went in the clear";
  const auto length = theirs.unprotect_rtp(wire);
  ASSERT_TRUE(length);
  EXPECT_EQ(Bytes(wire.begin(), wire.begin() + static_cast<std::ptrdiff_t>(*length)), clear);

  wire = protected_rtp(theirs, clear);
  EXPECT_EQ(ours.unprotect_rtp(wire), clear.size());
}

TEST_P(SrtpOfEverySuite, BringsRtcpThereAndBack) {
  auto [ours, theirs] = pair_of(suite());
  auto wire = protected_rtcp(ours, kRtcp);
  const auto length = theirs.unprotect_rtcp(wire);
  ASSERT_TRUE(length);
  EXPECT_EQ(Bytes(wire.begin(), wire.begin() + static_cast<std::ptrdiff_t>(*length)), kRtcp);
}

TEST_P(SrtpOfEverySuite, RefusesAChangedBitAnywhere) {
  auto [ours, theirs] = pair_of(suite());
  const auto wire = protected_rtp(ours, rtp_packet(1));
  for (const auto at : {std::size_t{1}, std::size_t{5}, std::size_t{15}, wire.size() - 1}) {
    auto damaged = wire;
    damaged[at] ^= 1;
    EXPECT_EQ(theirs.unprotect_rtp(damaged).error(), Drop::srtp_auth_failed) << at;
  }
  auto rtcp = protected_rtcp(ours, kRtcp);
  rtcp[10] ^= 1;
  EXPECT_EQ(theirs.unprotect_rtcp(rtcp).error(), Drop::srtp_auth_failed);
  auto whole = wire;
  EXPECT_TRUE(theirs.unprotect_rtp(whole)) << "forgeries must not harm the next good packet";
}

TEST_P(SrtpOfEverySuite, RefusesAReplay) {
  auto [ours, theirs] = pair_of(suite());
  const auto wire = protected_rtp(ours, rtp_packet(7));
  auto first = wire;
  auto second = wire;
  EXPECT_TRUE(theirs.unprotect_rtp(first));
  EXPECT_EQ(theirs.unprotect_rtp(second).error(), Drop::srtp_replayed);
  const auto rtcp = protected_rtcp(ours, kRtcp);
  first = rtcp;
  second = rtcp;
  EXPECT_TRUE(theirs.unprotect_rtcp(first));
  EXPECT_EQ(theirs.unprotect_rtcp(second).error(), Drop::srtp_replayed);
}

// One that says that it is not encrypted is authenticated whole, for which libsrtp over NSS has 2,048 bytes.
TEST_P(SrtpOfEverySuite, AForgedSrtcpPacketOfNoLengthHarmsThoseThatFollow) {
  for (std::size_t length = 2'000; length < 2'200; ++length) {
    auto pair = pair_of(suite());
    Bytes forged(length, 0);
    std::copy_n(kRtcp.begin(), 8, forged.begin());
    EXPECT_FALSE(pair.theirs.unprotect_rtcp(forged)) << length;
    auto sealed = protected_rtcp(pair.ours, kRtcp);
    EXPECT_TRUE(pair.theirs.unprotect_rtcp(sealed)) << length;
  }
}

TEST_P(SrtpOfEverySuite, CarriesAnMki) {
  auto [ours, theirs] = pair_of(suite(), {0, 0, 0, 1});
  const auto clear = rtp_packet(1);
  auto wire = protected_rtp(ours, clear);
  EXPECT_EQ(theirs.unprotect_rtp(wire), clear.size());
  auto rtcp = protected_rtcp(ours, kRtcp);
  EXPECT_EQ(theirs.unprotect_rtcp(rtcp), kRtcp.size());
  auto [plain, receiver] = pair_of(suite());
  auto without = protected_rtp(plain, clear);
  without.resize(without.size() + 4, 9);
  EXPECT_EQ(theirs.unprotect_rtp(without).error(), Drop::srtp_bad_mki);
}

TEST_P(SrtpOfEverySuite, RefusesShortPacketsOfEveryLength) {
  auto [ours, theirs] = pair_of(suite());
  for (std::size_t length = 0; length < 80; ++length) {
    Bytes rtp(length, 0x80);
    EXPECT_FALSE(theirs.unprotect_rtp(rtp)) << length;
    Bytes rtcp(length, 0x80);
    EXPECT_FALSE(theirs.unprotect_rtcp(rtcp)) << length;
  }
}

TEST_P(SrtpOfEverySuite, NeedsAKeyOfTheRightLength) {
  auto good = key_of(suite(), 1);
  auto bad = good;
  bad.master.pop_back();
  EXPECT_EQ(SrtpSession::create({.send = bad, .receive = good}).error().code, Code::invalid);
  EXPECT_EQ(SrtpSession::create({.send = good, .receive = bad}).error().code, Code::invalid);
}

INSTANTIATE_TEST_SUITE_P(Suites, SrtpOfEverySuite, testing::ValuesIn(kSrtpSuites),
                         [](const auto& row) { return std::string(row.param.name); });

// How often the process has loaded a library.
std::uint64_t loads() {
  std::uint64_t adds = 0;
  dl_iterate_phdr(
      [](dl_phdr_info* info, std::size_t, void* into) {
        *static_cast<std::uint64_t*>(into) = info->dlpi_adds;
        return 1;
      },
      &adds);
  return adds;
}

TEST(Srtp, LoadsNothingForAKeyOnceItHasStarted) {
  ASSERT_TRUE(start_srtp());
  const auto before = loads();
  for (const auto& suite : kSrtpSuites) {
    const SrtpKey key{.suite = suite.suite, .master = Bytes(master_bytes(suite.suite), 7)};
    ASSERT_TRUE(SrtpSession::create({.send = key, .receive = key}));
  }
  EXPECT_EQ(loads(), before);
}

TEST(Srtp, MatchesTheKeystreamOfRfc3711AppendixB2) {
  // With B.2's session key the master key would differ; B.3's master key and salt give these first session
  // bytes.
  SrtpKey key{.suite = SrtpSuite::aes_cm_128_hmac_sha1_80};
  key.master = {0xE1, 0xF9, 0x7A, 0x0D, 0x3E, 0x01, 0x8B, 0xE0, 0xD6, 0x4F, 0xA3, 0x2C, 0x06, 0xDE, 0x41,
                0x39, 0x0E, 0xC6, 0x75, 0xAD, 0x49, 0x8A, 0xFE, 0xEB, 0xB6, 0x96, 0x0B, 0x3A, 0xAB, 0xE6};
  auto session = *SrtpSession::create({.send = key, .receive = key});
  // libsrtp's own reference packet for that key (test/srtp_driver.c, srtp_validate).
  Bytes clear{0x80, 0x0f, 0x12, 0x34, 0xde, 0xca, 0xfb, 0xad, 0xca, 0xfe, 0xba, 0xbe, 0xab, 0xab,
              0xab, 0xab, 0xab, 0xab, 0xab, 0xab, 0xab, 0xab, 0xab, 0xab, 0xab, 0xab, 0xab, 0xab};
  EXPECT_EQ(to_hex(protected_rtp(session, clear)),
            "800f1234decafbadcafebabe4e55dc4ce79978d88ca4d215949d2402b78d6acc99ea179b8dbb");
}

TEST(Srtp, KeepsTheLongTagForRtcpWithTheShortSuite) {
  auto [ours, theirs] = pair_of(SrtpSuite::aes_cm_128_hmac_sha1_32);
  EXPECT_EQ(protected_rtp(ours, rtp_packet(1)).size(), rtp_packet(1).size() + 4);
  EXPECT_EQ(protected_rtcp(ours, kRtcp).size(), kRtcp.size() + 10 + 4);
}

TEST(Srtp, RollsOverWith65536Packets) {
  auto [ours, theirs] = pair_of(SrtpSuite::aes_cm_128_hmac_sha1_80);
  for (std::uint32_t i = 0; i < 66'000; ++i) {
    auto wire = protected_rtp(ours, rtp_packet(static_cast<std::uint16_t>(60'000 + i)));
    ASSERT_TRUE(theirs.unprotect_rtp(wire)) << i;
  }
}

TEST(Srtp, TakesReorderedPacketsWithinTheWindowOnly) {
  auto [ours, theirs] = pair_of(SrtpSuite::aead_aes_128_gcm);
  auto early = protected_rtp(ours, rtp_packet(1));
  auto near = protected_rtp(ours, rtp_packet(150));
  auto newest = protected_rtp(ours, rtp_packet(200));
  EXPECT_TRUE(theirs.unprotect_rtp(newest));
  EXPECT_TRUE(theirs.unprotect_rtp(near));
  EXPECT_EQ(theirs.unprotect_rtp(early).error(), Drop::srtp_too_old);
}

TEST(Srtp, KeepsItsRollOverCounterWhereTheKeyIsTheSame) {
  auto [ours, theirs] = pair_of(SrtpSuite::aes_cm_128_hmac_sha1_80);
  const auto send = [&](std::uint16_t sequence) {
    auto wire = protected_rtp(ours, rtp_packet(sequence));
    return theirs.unprotect_rtp(wire).has_value();
  };
  for (const auto sequence : std::initializer_list<std::uint16_t>{65'000, 65'535, 0, 500})
    EXPECT_TRUE(send(sequence));
  ASSERT_TRUE(
      ours.rekey(ours.keys()));  // a re-INVITE that changed nothing: roll-over counter is 1 on both sides
  EXPECT_TRUE(send(501));
  ASSERT_TRUE(theirs.rekey(theirs.keys()));
  EXPECT_TRUE(send(502));
}

TEST(Srtp, TakesTheNewKeyAndNotTheOldOneAfterRekeying) {
  const auto suite = SrtpSuite::aes_cm_128_hmac_sha1_80;
  auto [ours, theirs] = pair_of(suite);
  auto old = protected_rtp(ours, rtp_packet(1));
  const auto fresh = key_of(suite, 55);
  ASSERT_TRUE(ours.rekey({.send = fresh, .receive = ours.keys().receive}));
  ASSERT_TRUE(theirs.rekey({.send = theirs.keys().send, .receive = fresh}));
  auto wire = protected_rtp(ours, rtp_packet(2));
  EXPECT_TRUE(theirs.unprotect_rtp(wire));
  EXPECT_EQ(theirs.unprotect_rtp(old).error(), Drop::srtp_auth_failed);
  auto back = protected_rtp(theirs, rtp_packet(9));
  EXPECT_TRUE(ours.unprotect_rtp(back)) << "the other direction goes on";
}

TEST(Srtp, ChangesNothingWhenANewKeyIsBad) {
  auto [ours, theirs] = pair_of(SrtpSuite::aes_cm_128_hmac_sha1_80);
  const auto before = ours.keys();
  auto bad = key_of(SrtpSuite::aead_aes_256_gcm, 5);
  bad.master.resize(3);
  EXPECT_FALSE(ours.rekey({.send = key_of(SrtpSuite::aead_aes_256_gcm, 4), .receive = bad}));
  EXPECT_EQ(ours.keys(), before);
  auto wire = protected_rtp(ours, rtp_packet(1));
  EXPECT_TRUE(theirs.unprotect_rtp(wire));
}

TEST(Srtp, ForgetsTheSourceThatHasBeenSilentLongestWhenThereAreTooMany) {
  auto [ours, theirs] = pair_of(SrtpSuite::aes_cm_128_hmac_sha1_80);
  std::vector<Bytes> seen;
  for (std::uint32_t i = 0; i < limits::kSrtpSourcesMax; ++i) {
    seen.push_back(protected_rtp(ours, rtp_packet(1, 1'000 + i)));
    auto wire = seen.back();
    ASSERT_TRUE(theirs.unprotect_rtp(wire)) << i;
  }
  for (auto wire : {protected_rtp(ours, rtp_packet(2, 1'000)), protected_rtp(ours, rtp_packet(1, 9'999))})
    ASSERT_TRUE(theirs.unprotect_rtp(wire));
  EXPECT_EQ(theirs.unprotect_rtp(seen.front()).error(), Drop::srtp_replayed) << "it was heard again";
  EXPECT_EQ(theirs.unprotect_rtp(seen.back()).error(), Drop::srtp_replayed);
  const auto forgotten = theirs.unprotect_rtp(seen[1]);
  EXPECT_TRUE(forgotten) << drop_name(forgotten.error());
}

TEST(Srtp, WritesNothingBeyondTheBuffer) {
  auto [ours, theirs] = pair_of(SrtpSuite::aes_cm_128_hmac_sha1_80);
  auto packet = rtp_packet(1);
  EXPECT_EQ(ours.protect_rtp(packet, packet.size()).error(), Drop::srtp_no_room);
  packet.resize(packet.size() + 9);
  EXPECT_EQ(ours.protect_rtp(packet, packet.size() - 9).error(), Drop::srtp_no_room);
  EXPECT_EQ(ours.protect_rtp(packet, packet.size() + 1).error(), Drop::srtp_no_room);
  Bytes rtcp = kRtcp;
  rtcp.resize(kRtcp.size() + 13);
  EXPECT_EQ(ours.protect_rtcp(rtcp, kRtcp.size()).error(), Drop::srtp_no_room);
}

}  // namespace
}  // namespace portico::rtp
