#include "sip/digest/answer.h"

#include <gtest/gtest.h>

#include "sip/digest/credentials.h"

namespace portico::sip {
namespace {

TEST(Answer, GivesTheVectorsOfRfc7616) {
  for (const auto& [algorithm, response] :
       {std::pair{"MD5", "8ca523f5e9506fed4657c9700eebdbec"},
        std::pair{"SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"}}) {
    const auto text =
        std::string("Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", algorithm=") +
        algorithm +
        ", nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", "
        "opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"";
    const auto answer =
        answer_challenge(*parse_challenge(text), {.username = "Mufasa", .password = "Circle of Life"},
                         {.method = "GET",
                          .uri = "/dir/index.html",
                          .nc = 1,
                          .cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"});
    EXPECT_EQ(
        answer,
        std::string(
            "Digest username=\"Mufasa\", realm=\"http-auth@example.org\", "
            "nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", uri=\"/dir/index.html\", response=\"") +
            response + "\", algorithm=" + algorithm +
            ", cnonce=\"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ\", "
            "opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\", qop=auth, nc=00000001");
  }
}

TEST(Answer, OurOwnChallengeIsAnsweredToOurOwnSatisfaction) {
  for (const auto* challenge :
       {"Digest realm=\"r\", nonce=\"n\"", "Digest realm=\"r\", nonce=\"n\", qop=\"auth\"",
        "Digest realm=\"r\", nonce=\"n\", qop=\"auth\", algorithm=SHA-256"}) {
    const auto parsed = parse_challenge(challenge);
    ASSERT_TRUE(parsed);
    const auto value = answer_challenge(*parsed, {.username = "alice", .password = "secret"},
                                        {.method = "INVITE", .uri = "sip:a@b", .nc = 0x2A, .cnonce = "c"});
    const auto credentials = parse_credentials(value);
    ASSERT_TRUE(credentials) << value;
    const auto hash =
        parsed->algorithm == DigestAlgorithm::sha256 ? HashAlgorithm::sha256 : HashAlgorithm::md5;
    EXPECT_TRUE(response_matches(*credentials, "INVITE", make_ha1(hash, "alice", "r", "secret"))) << value;
    EXPECT_FALSE(response_matches(*credentials, "INVITE", make_ha1(hash, "alice", "r", "Secret"))) << value;
    EXPECT_EQ(credentials->nc, credentials->qop.empty() ? 0U : 0x2AU);
  }
}

TEST(Answer, SessionKeysAreMadeAsTheRfcSays) {
  const auto challenge = parse_challenge("Digest realm=\"r\", nonce=\"n\", qop=\"auth\", algorithm=MD5-sess");
  const auto value = answer_challenge(*challenge, {.username = "u", .password = "p"},
                                      {.method = "BYE", .uri = "sip:x", .nc = 1, .cnonce = "c"});
  const auto ha1 = hash_hex(HashAlgorithm::md5, {make_ha1(HashAlgorithm::md5, "u", "r", "p"), ":n:c"});
  const auto ha2 = hash_hex(HashAlgorithm::md5, {"BYE:sip:x"});
  const auto response = hash_hex(HashAlgorithm::md5, {ha1, ":n:00000001:c:auth:", ha2});
  EXPECT_NE(value.find("response=\"" + response + "\""), std::string::npos);
  EXPECT_NE(value.find("algorithm=MD5-sess"), std::string::npos);
}

}  // namespace
}  // namespace portico::sip
