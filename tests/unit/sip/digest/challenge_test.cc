#include "sip/digest/challenge.h"

#include <gtest/gtest.h>

#include "sip/message/parse.h"

namespace portico::sip {
namespace {

Message response(std::string_view fields) {
  return parse_datagram(std::string("SIP/2.0 407 x\r\nCSeq: 1 INVITE\r\n").append(fields).append("\r\n"))
      .message;
}

TEST(Challenge, IsWrittenForOneAlgorithm) {
  EXPECT_EQ(write_challenge("sip.example.org", "abc", HashAlgorithm::md5, false),
            "Digest realm=\"sip.example.org\", nonce=\"abc\", qop=\"auth\", stale=false, algorithm=MD5");
}

TEST(Challenge, SaysWhenANonceIsStaleAndQuotesTheRealm) {
  const auto written = write_challenge("r\"x", "abc", HashAlgorithm::sha256, true);
  const auto challenge = parse_challenge(written);
  ASSERT_TRUE(challenge);
  EXPECT_TRUE(challenge->stale);
  EXPECT_EQ(challenge->realm, "r\\\"x");
  EXPECT_EQ(challenge->qop, "auth");
  EXPECT_EQ(challenge->algorithm, DigestAlgorithm::sha256);
}

TEST(Challenge, TheStrongestThatCanBeAnsweredIsChosen) {
  const auto chosen = [](std::string_view fields) {
    const auto message = response(fields);
    const auto challenge = choose_challenge(message, Header::proxy_authenticate);
    return challenge ? std::string(challenge->nonce) : std::string(code_name(challenge.error().code));
  };
  constexpr std::string_view kMd5 = "Proxy-Authenticate: Digest realm=\"r\", nonce=\"md5\", qop=\"auth\"\r\n";
  constexpr std::string_view kSha =
      "Proxy-Authenticate: Digest realm=\"r\", nonce=\"sha\", algorithm=SHA-256\r\n";
  constexpr std::string_view kOdd =
      "Proxy-Authenticate: Digest realm=\"r\", nonce=\"odd\", algorithm=SHA-512-256\r\n";
  constexpr std::string_view kInt =
      "Proxy-Authenticate: Digest realm=\"r\", nonce=\"int\", qop=\"auth-int\"\r\n";
  EXPECT_EQ(chosen(std::string(kMd5).append(kSha)), "sha");
  EXPECT_EQ(chosen(std::string(kSha).append(kMd5)), "sha");
  EXPECT_EQ(chosen(std::string(kOdd).append(kInt).append(kMd5)), "md5");
  EXPECT_EQ(chosen(kOdd), code_name(Code::unsupported));
  EXPECT_EQ(chosen(kInt), code_name(Code::unsupported));
  EXPECT_EQ(chosen("Proxy-Authenticate: Basic realm=\"r\"\r\n"), code_name(Code::unsupported));
  EXPECT_EQ(chosen(""), code_name(Code::not_found));
}

TEST(Challenge, AMalformedOneIsRefused) {
  for (const auto* text : {"Digest", "Digest realm=\"r\"", "Digest nonce=", "Digest nonce=\"x", "Basic x"}) {
    EXPECT_FALSE(parse_challenge(text)) << text;
  }
}

}  // namespace
}  // namespace portico::sip
