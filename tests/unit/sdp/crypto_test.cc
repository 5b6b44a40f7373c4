#include "sdp/crypto.h"

#include <gtest/gtest.h>

#include "sdp/samples.h"

namespace portico::sdp {
namespace {

std::string with_key(std::string_view before, std::string_view after = {}) {
  return std::string(before) + std::string(kKey30) + std::string(after);
}

TEST(Crypto, ReadsTheExampleOfRfc4568) {
  const auto line = read_crypto(with_key("1 AES_CM_128_HMAC_SHA1_80 inline:", "|2^20|1:4"));
  ASSERT_TRUE(line);
  EXPECT_EQ(line->tag, 1U);
  EXPECT_EQ(line->key.suite, SrtpSuite::aes_cm_128_hmac_sha1_80);
  EXPECT_EQ(line->key.master.size(), 30U);
  EXPECT_EQ(to_base64(line->key.master), kKey30);
  EXPECT_EQ(line->lifetime_packets, 1'048'576U);
  EXPECT_EQ(line->key.mki, (Bytes{0, 0, 0, 1}));
}

TEST(Crypto, TakesOptionalPartsInTheirForms) {
  EXPECT_EQ(read_crypto(with_key("7 AES_CM_128_HMAC_SHA1_32 inline:", "|1000"))->lifetime_packets, 1000U);
  EXPECT_EQ(read_crypto(with_key("7 AES_CM_128_HMAC_SHA1_32 inline:", "|66051:3"))->key.mki,
            (Bytes{1, 2, 3}));
  EXPECT_TRUE(read_crypto(with_key("7 aes_cm_128_hmac_sha1_32 INLINE:", "  WSH=128 KDR=0 -UNKNOWN=1")));
  EXPECT_EQ(read_crypto(with_key("999999999 AES_CM_128_HMAC_SHA1_80 inline:"))->tag, 999'999'999U);
}

TEST(Crypto, LeavesAsideWhatItCannotDo) {
  const std::string rows[] = {
      "",
      "1",
      "1 AES_CM_128_HMAC_SHA1_80",
      "1 AES_CM_128_HMAC_SHA1_80 inline:",
      "1 AES_CM_128_HMAC_SHA1_80 inline:abcd",
      with_key("x AES_CM_128_HMAC_SHA1_80 inline:"),
      with_key("1000000000 AES_CM_128_HMAC_SHA1_80 inline:"),
      with_key("1 F8_128_HMAC_SHA1_80 inline:"),
      with_key("1 AEAD_AES_128_GCM inline:"),  // 30 bytes where 28 belong
      with_key("1 AES_CM_128_HMAC_SHA1_80 uri:"),
      with_key("1 AES_CM_128_HMAC_SHA1_80 inline:", "|2^49"),
      with_key("1 AES_CM_128_HMAC_SHA1_80 inline:", "|soon"),
      with_key("1 AES_CM_128_HMAC_SHA1_80 inline:", "|1:0"),
      with_key("1 AES_CM_128_HMAC_SHA1_80 inline:", "|1:129"),
      with_key("1 AES_CM_128_HMAC_SHA1_80 inline:", "|256:1"),
      with_key("1 AES_CM_128_HMAC_SHA1_80 inline:", with_key(";inline:")),
      with_key("1 AES_CM_128_HMAC_SHA1_80 inline:", " UNENCRYPTED_SRTP"),
      with_key("1 AES_CM_128_HMAC_SHA1_80 inline:", " UNAUTHENTICATED_SRTP"),
      with_key("1 AES_CM_128_HMAC_SHA1_80 inline:", " KDR=1"),
      with_key("1 AES_CM_128_HMAC_SHA1_80 inline:", " FEC_ORDER=FEC_SRTP"),
  };
  for (const auto& row : rows) EXPECT_FALSE(read_crypto(row)) << row;
}

TEST(Crypto, ReadsWhatItWritesForEverySuite) {
  for (const auto& suite : kSrtpSuites) {
    const auto keys = make_keys(std::array{suite.suite}, counting());
    const auto text = write_crypto(3, keys[0]);
    const auto line = read_crypto(text);
    ASSERT_TRUE(line) << suite.name;
    EXPECT_EQ(line->key, keys[0]);
    const auto padding = text.find('=');
    if (padding != std::string::npos) {
      EXPECT_EQ(read_crypto(text.substr(0, padding))->key, keys[0]) << "padding left out";
    }
  }
}

}  // namespace
}  // namespace portico::sdp
