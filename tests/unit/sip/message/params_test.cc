#include "sip/message/params.h"

#include <gtest/gtest.h>

namespace portico::sip {
namespace {

TEST(Params, FindsByNameWithoutRegardToCase) {
  const Params params("branch=z9hG4bK1; RPORT ;received = 192.0.2.1");
  EXPECT_EQ(params.find("Branch"), "z9hG4bK1");
  EXPECT_EQ(params.find("rport"), "");
  EXPECT_EQ(params.find("received"), "192.0.2.1");
  EXPECT_EQ(params.find("maddr"), std::nullopt);
}

TEST(Params, ASeparatorInQuotesSeparatesNothing) {
  const Params params(R"(text="a;b=\";c";cause=16)");
  EXPECT_EQ(params.find("text"), R"("a;b=\";c")");
  EXPECT_EQ(params.find("cause"), "16");
  EXPECT_FALSE(params.has("c"));
}

TEST(Params, TellsAFlagFromAnEmptyValue) {
  std::string_view rest = "lr;a=";
  const auto flag = Params::next(rest);
  const auto empty = Params::next(rest);
  ASSERT_TRUE(flag && empty);
  EXPECT_FALSE(flag->has_value);
  EXPECT_TRUE(empty->has_value);
  EXPECT_FALSE(Params::next(rest));
}

TEST(Params, TheFirstOfTwoCounts) { EXPECT_EQ(Params("tag=1;tag=2").find("tag"), "1"); }

TEST(Params, KnowsWhatIsMalformed) {
  for (const auto* good : {"a", "a=b", "a=\"x y\"", "branch=z9hG4bK209%fzsnel234",
                           "received=[2001:db8::9:255]", "received=2001:db8::9:255", " a = b ; c "}) {
    EXPECT_TRUE(well_formed_params(good)) << good;
  }
  for (const auto* bad : {"", ";", "a;", "a;;b", "a=", "=b", "a b", "a=b c", "a=\"x", "a=<x>", "a=\"x\"y"}) {
    EXPECT_FALSE(well_formed_params(bad)) << bad;
  }
}

}  // namespace
}  // namespace portico::sip
