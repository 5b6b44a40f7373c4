#include "api/applications/etag.h"

#include <gtest/gtest.h>

namespace portico::api {
namespace {

TEST(IfMatch, FollowsRfc9110) {
  EXPECT_TRUE(if_match("", 7));
  EXPECT_TRUE(if_match("*", 7));
  EXPECT_TRUE(if_match("\"7\"", 7));
  EXPECT_TRUE(if_match("\"6\" , \"7\"", 7));
  EXPECT_FALSE(if_match("\"6\"", 7));
  EXPECT_FALSE(if_match("W/\"7\"", 7));
  EXPECT_FALSE(if_match("7", 7));
  EXPECT_FALSE(if_match(",", 7));
  EXPECT_EQ(etag_of(7), "\"7\"");
}

}  // namespace
}  // namespace portico::api
