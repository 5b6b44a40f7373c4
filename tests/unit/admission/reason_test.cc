#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "admission/decide.h"

namespace portico::admission {
namespace {

using ::testing::HasSubstr;

TEST(ReasonCode, IsStableAndUnique) {
  EXPECT_EQ(reason_code(Reason::unknown_application), "unknown-application");
  EXPECT_EQ(reason_code(Reason::source_not_allowed), "source-not-allowed");
  EXPECT_EQ(reason_code(Reason::region_not_allowed), "region-not-allowed");
  EXPECT_EQ(reason_code(Reason::challenge), "challenge");
  EXPECT_EQ(reason_code(Reason::stale_nonce), "stale-nonce");
  EXPECT_EQ(reason_code(Reason::wrong_password), "wrong-password");
  EXPECT_EQ(reason_code(Reason::auth_lockout), "auth-lockout");
  EXPECT_EQ(reason_code(Reason::admitted), "admitted");
  std::set<std::string_view> codes;
  for (std::size_t i = 0; i < kReasons; ++i) codes.insert(reason_code(static_cast<Reason>(i)));
  EXPECT_EQ(codes.size(), kReasons);
}

TEST(Explanation, ShowsTheOwnerWhatToMend) {
  const account::Application app{.inbound_sip_enabled = true,
                                 .allowed_sources = {Cidr{0xCB007100, 24}},
                                 .allowed_regions = {"US"},
                                 .sip_user = "7d9c1b52-3a57-4f0e-b0c6-5f4d9d3d8a11"};
  Facts f{.application = &app, .region = "US", .source = IpAddress::v4(0xC6336401)};
  EXPECT_THAT(explanation(decide(f), f),
              HasSubstr("Source: 198.51.100.1; allowedSourceIps: 203.0.113.0/24."));
  f.region = "EU";
  EXPECT_THAT(explanation(decide(f), f), HasSubstr("Region: EU; allowedRegions: US."));
}

TEST(Explanation, SaysWhatIsWrongWithAnOffer) {
  const account::Application app{
      .inbound_sip_enabled = true, .allowed_sources = {Cidr{0, 0}}, .allowed_regions = {"US"}};
  const Facts f{.application = &app,
                .region = "US",
                .sdp = SdpFit::no_common_codec,
                .why = "transport UDP/TLS/RTP/SAVPF is not supported"};
  EXPECT_EQ(explanation(decide(f), f),
            "No stream of the offer can be taken. Why: transport UDP/TLS/RTP/SAVPF is not supported.");
}

TEST(Explanation, SaysOfAStalePasswordOnlyWhatWasLookedAt) {
  const account::Application app{
      .inbound_sip_enabled = true, .password_auth_enabled = true, .allowed_regions = {"US"}};
  Facts f{.application = &app, .region = "US", .credentials = Credentials::stale, .nonce_was_given = true};
  EXPECT_THAT(explanation(decide(f), f), HasSubstr("The password is right."));
  f.nonce_was_given = false;
  EXPECT_THAT(explanation(decide(f), f), HasSubstr("nothing else was looked at"));
}

TEST(Explanation, SaysWhichPartOfAProofIsWrong) {
  const account::Application app{
      .inbound_sip_enabled = true, .password_auth_enabled = true, .allowed_regions = {"US"}};
  const Facts f{.application = &app,
                .region = "US",
                .credentials = Credentials::wrong,
                .nonce_was_given = true,
                .why = "its algorithm was not offered"};
  EXPECT_THAT(explanation(decide(f), f), HasSubstr("Why: its algorithm was not offered."));
}

}  // namespace
}  // namespace portico::admission
