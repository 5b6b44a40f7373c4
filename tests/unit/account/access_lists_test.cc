#include "account/access_lists.h"

#include <gtest/gtest.h>

#include "account/samples.h"

namespace portico::account {
namespace {

struct Case {
  const char* text;
  bool taken;
};

class SourceBlock : public ::testing::TestWithParam<Case> {};

// Contract voice-applications.md section 3, "CIDR validation".
TEST_P(SourceBlock, IsTakenOrRefused) {
  FaultList faults;
  const auto blocks = read_sources({GetParam().text}, samples::deployment(), faults);
  EXPECT_EQ(faults.empty(), GetParam().taken) << GetParam().text;
  EXPECT_EQ(blocks.size(), GetParam().taken ? 1U : 0U);
}

INSTANTIATE_TEST_SUITE_P(
    Contract, SourceBlock,
    ::testing::Values(Case{"203.0.113.0/24", true}, Case{"192.0.2.0/24", true}, Case{"198.51.100.7/32", true},
                      Case{"0.0.0.0/0", true}, Case{"8.0.0.0/7", true}, Case{"203.0.113.5/24", false},
                      Case{"203.0.113.5", false}, Case{"203.0.113.0/33", false}, Case{"203.0.113.0/", false},
                      Case{"203.0.113.0/024", false}, Case{"203.000.113.0/24", false},
                      Case{"2001:db8::/32", false}, Case{"::ffff:203.0.113.5/128", false},
                      Case{"0.0.0.0/1", false}, Case{"0.0.0.0/8", false}, Case{"10.0.0.0/8", false},
                      Case{"10.1.2.3/32", false}, Case{"100.64.0.0/10", false}, Case{"127.0.0.1/32", false},
                      Case{"169.254.0.0/16", false}, Case{"172.16.0.0/12", false},
                      Case{"192.168.1.0/24", false}, Case{"224.0.0.1/32", false}, Case{"240.0.0.0/4", false},
                      Case{"128.0.0.0/1", false}, Case{" 203.0.113.0/24", false}, Case{"", false},
                      Case{"example.org/32", false}));

TEST(SourceBlocks, OfPrivateNetworksAreTakenWhereTheDeploymentAllows) {
  auto deployment = samples::deployment();
  deployment.allow_private_source_ips = true;
  FaultList faults;
  EXPECT_EQ(read_sources({"10.0.0.0/8", "127.0.0.1/32"}, deployment, faults).size(), 2U);
  EXPECT_TRUE(faults.empty());
}

TEST(SourceBlocks, AreRefusedTwiceOrInExcess) {
  FaultList twice;
  read_sources({"203.0.113.0/24", "203.0.113.0/24"}, samples::deployment(), twice);
  EXPECT_FALSE(twice.empty());

  std::vector<std::string> many;
  for (int i = 0; i < 25; ++i) many.push_back("203.0.113." + std::to_string(i) + "/32");
  FaultList none;
  EXPECT_EQ(read_sources(many, samples::deployment(), none).size(), 25U);
  EXPECT_TRUE(none.empty());
  many.push_back("203.0.113.25/32");
  FaultList excess;
  read_sources(many, samples::deployment(), excess);
  EXPECT_EQ(excess.take().size(), 1U);
}

TEST(SourceBlocks, EachBadOneIsAFaultThatShowsIt) {
  FaultList faults;
  read_sources({"10.0.0.0/8", "203.0.113.0/24", "x\r\ny"}, samples::deployment(), faults);
  const Faults all = faults.take();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_NE(all[0].description.find("'10.0.0.0/8'"), std::string::npos);
  EXPECT_NE(all[1].description.find("'x??y'"), std::string::npos);
}

TEST(AllowsSource, LooksAtEveryBlock) {
  const Application app = samples::with_sources({"203.0.113.0/24", "198.51.100.7/32"});
  EXPECT_TRUE(app.allows_source(IpAddress::v4(0xCB007109)));   // 203.0.113.9
  EXPECT_TRUE(app.allows_source(IpAddress::v4(0xC6336407)));   // 198.51.100.7
  EXPECT_FALSE(app.allows_source(IpAddress::v4(0xC6336408)));  // 198.51.100.8
  EXPECT_FALSE(app.allows_source(IpAddress::v6({})));
}

}  // namespace
}  // namespace portico::account
