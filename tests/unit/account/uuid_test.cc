#include "account/uuid.h"

#include <gtest/gtest.h>

namespace portico::account {
namespace {

TEST(Uuid, IsTheSameInEitherCase) {
  const auto lower = parse_uuid("7d9c1b52-3a57-4f0e-b0c6-5f4d9d3d8a11");
  ASSERT_TRUE(lower);
  EXPECT_EQ(lower->high, 0x7d9c1b523a574f0eU);
  EXPECT_EQ(lower->low, 0xb0c65f4d9d3d8a11U);
  EXPECT_EQ(lower, parse_uuid("7D9C1B52-3A57-4F0E-B0C6-5F4D9D3D8A11"));
}

TEST(Uuid, HasNothingAroundIt) {
  for (const char* bad : {"", "7d9c1b52-3a57-4f0e-b0c6-5f4d9d3d8a1", "7d9c1b52-3a57-4f0e-b0c6-5f4d9d3d8a111",
                          "7d9c1b5213a57-4f0e-b0c6-5f4d9d3d8a11", "7d9c1b52-3a57-4f0e-b0c6-5f4d9d3d8a1g",
                          "{d9c1b52-3a57-4f0e-b0c6-5f4d9d3d8a11}", "7d9c1b52-3a57-4f0e-b0c6-5f4d9d3d-a11"}) {
    EXPECT_FALSE(parse_uuid(bad)) << bad;
  }
}

}  // namespace
}  // namespace portico::account
