#include "portico/serve_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace portico::app {
namespace {

using ::testing::HasSubstr;

Result<ServeOptions> read(const std::map<std::string, std::string, std::less<>>& flags) {
  const auto settings = choose(flags, [](const std::string&) { return std::optional<std::string>(); });
  if (!settings) return fail(settings.error());
  return typed(*settings);
}

TEST(ServeOptions, DefaultsAreValid) {
  const auto options = read({});
  ASSERT_TRUE(options) << options.error().what;
  EXPECT_EQ(options->store, "sqlite:./portico-data/portico.db");
  EXPECT_TRUE(options->basic_auth);
  EXPECT_FALSE(options->hide_applications);
  // design/interface.md: what strangers reach, and how much of it, is not to change by accident.
  EXPECT_EQ(options->bind.to_string(), "0.0.0.0");
  EXPECT_EQ(options->http.to_string(), "127.0.0.1:8080");
  EXPECT_EQ(options->region, "US");
  EXPECT_EQ(options->sip_port, 5060);
  EXPECT_EQ(options->sips_port, 5061);
  EXPECT_EQ(options->rtp_low, 16'384);
  EXPECT_EQ(options->rtp_high, 32'767);
  EXPECT_FALSE(options->allow_private_source_ips);
  EXPECT_TRUE(options->allow_private_targets);
  EXPECT_FALSE(options->demo);
  EXPECT_EQ(options->invite_rate, 50U);
  EXPECT_EQ(options->auth_failures, 5U);
  EXPECT_EQ(options->drain_timeout, Millis(60'000));
}

TEST(ServeOptions, RefuseWhatCannotBeServed) {
  const std::vector<std::pair<std::string, std::string>> unfit{{"store", "postgresql://localhost/portico"},
                                                               {"store", "sqlite:"},
                                                               {"store", ""},
                                                               {"objects", "s3://bucket"},
                                                               {"objects", "file:"},
                                                               {"public-url", "voice.example.org"},
                                                               {"public-url", "ftp://voice.example.org"},
                                                               {"public-url", "https://"},
                                                               {"domain", ""},
                                                               {"domain", "sip.example.org:5070"},
                                                               {"domain", "sip:sip.example.org"},
                                                               {"domain", "sip example"},
                                                               {"region", ""},
                                                               {"realm", ""},
                                                               {"roles", "signaling,signaling,api"},
                                                               {"roles", "signaling,media"},
                                                               {"regions", "DE,FR"},  // without US
                                                               {"media-threads", "0"},
                                                               {"basic-auth", "maybe"}};
  for (const auto& [name, value] : unfit) {
    const auto options = read({{name, value}});
    ASSERT_FALSE(options) << name << "=" << value;
    EXPECT_EQ(options.error().code, Code::invalid);
    EXPECT_THAT(options.error().what, HasSubstr("--" + name + " "));
  }
}

TEST(ServeOptions, NameAnAddressThatOthersCanReachForAWildcard) {
  const auto ours = *parse_ip("203.0.113.10");
  EXPECT_EQ(reached_at(*parse_endpoint("0.0.0.0:8080"), ours).to_string(), "203.0.113.10:8080");
  EXPECT_EQ(reached_at(*parse_endpoint("127.0.0.1:8080"), ours).to_string(), "127.0.0.1:8080");
  EXPECT_EQ(reached_at(*parse_endpoint("[::]:8080"), ours).ip, first_address(false));
  EXPECT_EQ(reached_at(*parse_endpoint("[::]:8080"), loopback(false)).to_string(), "[::1]:8080");
}

TEST(ServeOptions, TakeRolesInAnyOrderAndAPublicUrlWithAPath) {
  EXPECT_TRUE(read({{"roles", "api, media,signaling"}}));
  const auto options = read({{"public-url", "https://example.org/voice/"}});
  ASSERT_TRUE(options);
  EXPECT_EQ(options->public_url, "https://example.org/voice");
}

TEST(ServeOptions, AdvertiseAnAddressThatCallersCanReach) {
  EXPECT_TRUE(read({})->public_ip.is_v4());
  EXPECT_EQ(read({{"bind", "192.0.2.1"}})->public_ip.to_string(), "192.0.2.1");
  for (const auto* const ip :
       {"2001:db8::1", "::", "::ffff:192.0.2.1", "0.0.0.0", "224.0.0.1", "255.255.255.255"}) {
    const auto options = read({{"public-ip", ip}});
    ASSERT_FALSE(options) << ip;
    EXPECT_THAT(options.error().what, HasSubstr("--public-ip must be an"));
  }
  for (const auto* const ip : {"::", "::1", "224.0.0.1"}) {
    const auto options = read({{"bind", ip}});
    ASSERT_FALSE(options) << ip;
    EXPECT_THAT(options.error().what, HasSubstr("--bind must be an"));
  }
}

}  // namespace
}  // namespace portico::app
