#include <gtest/gtest.h>

#include "sdp/samples.h"

namespace portico::sdp {
namespace {

TEST(MakeKeys, GivesEachSuiteAKeyOfItsLength) {
  const auto keys =
      make_keys(std::array{SrtpSuite::aead_aes_256_gcm, SrtpSuite::aes_cm_128_hmac_sha1_80}, counting());
  ASSERT_EQ(keys.size(), 2U);
  EXPECT_EQ(keys[0].suite, SrtpSuite::aead_aes_256_gcm);
  EXPECT_EQ(keys[0].master.size(), 44U);
  EXPECT_EQ(keys[1].master.size(), 30U);
  EXPECT_EQ(keys[1].master[0], 44);  // chance goes on where it was
  EXPECT_TRUE(keys[0].mki.empty());
}

}  // namespace
}  // namespace portico::sdp
