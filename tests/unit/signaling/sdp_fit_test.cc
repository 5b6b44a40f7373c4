#include "signaling/sdp_fit.h"

#include <gtest/gtest.h>

#include <array>

namespace portico::signaling {
namespace {

// An offer with that suite alone, by a key of its own length.
std::string offer_of(const SrtpSuiteTraits& suite) {
  const auto bytes = suite.key_bytes + suite.salt_bytes;
  std::string key((bytes + 2) / 3 * 4, 'A');
  key.replace(key.size() - (3 - bytes % 3) % 3, std::string::npos, (3 - bytes % 3) % 3, '=');
  return "v=0\r\no=- 1 1 IN IP4 203.0.113.5\r\ns=-\r\nc=IN IP4 203.0.113.5\r\nt=0 0\r\n"
         "m=audio 4000 RTP/SAVP 0\r\na=crypto:1 " +
         std::string(suite.name) + " inline:" + key + "\r\n";
}

TEST(JudgeSdp, TakesEverySuiteThatTheMediaSpeak) {
  for (const auto& suite : kSrtpSuites) {
    const auto verdict = judge_sdp(offer_of(suite), IpAddress::v4(0x7F000001), std::array{Codec::pcmu},
                                   sdp::SrtpMode::required, "portico");
    EXPECT_EQ(verdict.fit, admission::SdpFit::fits) << suite.name << ": " << verdict.fault;
  }
}

}  // namespace
}  // namespace portico::signaling
