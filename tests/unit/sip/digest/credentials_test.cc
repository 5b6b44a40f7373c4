#include "sip/digest/credentials.h"

#include <gtest/gtest.h>

#include "sip/message/parse.h"
#include "sip/message/samples.h"

namespace portico::sip {
namespace {

// RFC 7616 section 3.9.1.
constexpr std::string_view kTail =
    "nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", nc=00000001, "
    "cnonce=\"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ\", qop=auth, ";
std::string rfc7616(std::string_view algorithm, std::string_view response) {
  return std::string(
             "Digest username=\"Mufasa\", realm=\"http-auth@example.org\", uri=\"/dir/index.html\", "
             "algorithm=")
      .append(algorithm)
      .append(", ")
      .append(kTail)
      .append("response=\"")
      .append(response)
      .append("\", opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"");
}
constexpr std::string_view kMd5 = "8ca523f5e9506fed4657c9700eebdbec";
constexpr std::string_view kSha256 = "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1";

std::string ha1(HashAlgorithm algorithm) {
  return make_ha1(algorithm, "Mufasa", "http-auth@example.org", "Circle of Life");
}

TEST(Credentials, TheVectorsOfRfc7616Match) {
  const auto md5_text = rfc7616("MD5", kMd5);
  const auto md5 = parse_credentials(md5_text);
  ASSERT_TRUE(md5);
  EXPECT_TRUE(response_matches(*md5, "GET", ha1(HashAlgorithm::md5)));
  EXPECT_FALSE(response_matches(*md5, "POST", ha1(HashAlgorithm::md5)));
  EXPECT_FALSE(response_matches(*md5, "GET", ha1(HashAlgorithm::sha256)));
  const auto sha_text = rfc7616("SHA-256", kSha256);
  const auto sha = parse_credentials(sha_text);
  ASSERT_TRUE(sha);
  EXPECT_TRUE(response_matches(*sha, "GET", ha1(HashAlgorithm::sha256)));
  EXPECT_EQ(sha->nc, 1U);
  EXPECT_EQ(sha->algorithm, DigestAlgorithm::sha256);
}

TEST(Credentials, TheVectorOfRfc2617Matches) {
  const auto credentials = parse_credentials(
      "Digest username=\"Mufasa\", realm=\"testrealm@host.com\", "
      "nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", "
      "uri=\"/dir/index.html\", qop=auth, nc=00000001, cnonce=\"0a4f113b\", "
      "response=\"6629fae49393a05397450978507c4ef1\", opaque=\"5ccc069c403ebaf9f0171e9517f40e41\"");
  ASSERT_TRUE(credentials);
  const auto secret = make_ha1(HashAlgorithm::md5, "Mufasa", "testrealm@host.com", "Circle Of Life");
  EXPECT_TRUE(response_matches(*credentials, "GET", secret));
}

TEST(Credentials, WithoutQopTheOldRuleHoldsForMd5Alone) {
  const auto secret = make_ha1(HashAlgorithm::md5, "u", "r", "p");
  const auto ha2 = hash_hex(HashAlgorithm::md5, {"INVITE:sip:a@b"});
  const auto response = hash_hex(HashAlgorithm::md5, {secret, ":n:", ha2});
  const auto text =
      "Digest username=\"u\", realm=\"r\", nonce=\"n\", uri=\"sip:a@b\", response=\"" + response + "\"";
  EXPECT_TRUE(response_matches(*parse_credentials(text), "INVITE", secret));
  const auto sha_secret = make_ha1(HashAlgorithm::sha256, "u", "r", "p");
  const auto sha_ha2 = hash_hex(HashAlgorithm::sha256, {"INVITE:sip:a@b"});
  const auto sha_text =
      "Digest username=\"u\", realm=\"r\", nonce=\"n\", uri=\"sip:a@b\", algorithm=SHA-256, response=\"" +
      hash_hex(HashAlgorithm::sha256, {sha_secret, ":n:", sha_ha2}) + "\"";
  EXPECT_FALSE(response_matches(*parse_credentials(sha_text), "INVITE", sha_secret));
}

TEST(Credentials, AreReadInEveryWriting) {
  const std::string text =
      "dIgEsT \t USERNAME = \"al\\\"ice, x\",,Realm=\"\" , "
      "Nonce=\"n\",uri=\"sip:a@b;x=\\\\\",\tqop=\"auth\",NC=0000000A,"
      "cnonce=\"\\\"\",response=\"8CA523F5E9506FED4657C9700EEBDBEC\",algorithm=\"md5\",extra=token,more=\"x,"
      "y\"";
  const auto credentials = parse_credentials(text);
  ASSERT_TRUE(credentials);
  EXPECT_EQ(credentials->username, "al\\\"ice, x");
  EXPECT_EQ(credentials->realm, "");
  EXPECT_EQ(credentials->qop, "auth");
  EXPECT_EQ(credentials->nc, 10U);
  EXPECT_EQ(credentials->cnonce, "\\\"");
  EXPECT_EQ(credentials->algorithm, DigestAlgorithm::md5);
}

TEST(Credentials, AnUpperCaseResponseMatches) {
  auto text = rfc7616("MD5", "8CA523F5E9506FED4657C9700EEBDBEC");
  EXPECT_TRUE(response_matches(*parse_credentials(text), "GET", ha1(HashAlgorithm::md5)));
}

TEST(Credentials, MalformedOnesAreInvalid) {
  const std::string sound = rfc7616("MD5", kMd5);
  const auto changed = [&](std::string_view from, std::string_view to) {
    auto text = sound;
    return text.replace(text.find(from), from.size(), to);
  };
  for (const auto& text : {std::string("Digest"),
                           std::string("Digest "),
                           std::string("Digest realm"),
                           changed("username=\"Mufasa\", ", ""),
                           changed("realm=", "unreal="),
                           changed("response=", "request="),
                           changed("uri=\"/dir/index.html\"", "uri=\"\""),
                           changed("nc=00000001", "nc=1"),
                           changed("nc=00000001", "nc=0000000g"),
                           changed("nc=00000001, ", ""),
                           changed("cnonce=", "xnonce="),
                           changed("\"Mufasa\"", "\"Mufasa"),
                           changed("\"Mufasa\"", "Mufasa"),
                           changed("username=", "username=\"x\", username="),
                           changed("algorithm=MD5", "algorithm=SHA-256"),
                           changed("8ca5", "8ca"),
                           changed("8ca5", "xca5"),
                           changed("\", realm", "\" realm"),
                           changed("qop=auth", "qop=\"\""),
                           changed("algorithm=MD5", "algorithm=MD5, algorithm=MD5"),
                           changed("algorithm=MD5", "algorithm=")}) {
    const auto credentials = parse_credentials(text);
    ASSERT_FALSE(credentials) << text;
    EXPECT_EQ(credentials.error().code, Code::invalid) << text;
  }
}

TEST(Credentials, WhatIsNeverOfferedNeverMatches) {
  EXPECT_EQ(parse_credentials("Basic QWxhZGRpbjpvcGVu").error().code, Code::unsupported);
  EXPECT_EQ(parse_credentials("").error().code, Code::unsupported);
  for (const auto* algorithm : {"MD5-sess", "SHA-512-256", "X"}) {
    const auto text = rfc7616(algorithm, kMd5);
    EXPECT_FALSE(response_matches(*parse_credentials(text), "GET", ha1(HashAlgorithm::md5))) << algorithm;
  }
  auto text = rfc7616("MD5", kMd5);
  text.replace(text.find("qop=auth"), 8, "qop=auth-int");
  EXPECT_FALSE(response_matches(*parse_credentials(text), "GET", ha1(HashAlgorithm::md5)));
}

TEST(Credentials, AreFoundByRealm) {
  const auto fields =
      "Proxy-Authorization: Basic eDp5\r\n"
      "Proxy-Authorization: Digest username=\"o\", realm=\"other\", nonce=\"n\", uri=\"u\", "
      "response=\"00000000000000000000000000000000\"\r\n"
      "Proxy-Authorization: " +
      rfc7616("MD5", kMd5);
  const auto message = parse_datagram(test::invite_and(fields)).message;
  EXPECT_EQ(read_credentials(message, Header::proxy_authorization, "http-auth@example.org")->username,
            "Mufasa");
  EXPECT_EQ(read_credentials(message, Header::proxy_authorization, "other")->username, "o");
  EXPECT_EQ(read_credentials(message, Header::proxy_authorization, "OTHER").error().code, Code::not_found);
  EXPECT_EQ(read_credentials(message, Header::authorization, "other").error().code, Code::not_found);
  const auto broken = parse_datagram(test::invite_and(fields + "\r\nProxy-Authorization: Digest x")).message;
  EXPECT_EQ(read_credentials(broken, Header::proxy_authorization, "other").error().code, Code::invalid);
}

TEST(Credentials, TheUriMustNameTheRequestUri) {
  EXPECT_TRUE(digest_uri_matches("sip:a@b", "sip:a@b"));
  EXPECT_TRUE(digest_uri_matches("sip:%61@B", "sip:a@b"));
  EXPECT_FALSE(digest_uri_matches("sip:b", "sip:a@b"));
  EXPECT_FALSE(digest_uri_matches("", "sip:a@b"));
  EXPECT_FALSE(digest_uri_matches("sip:" + std::string(5'000, 'x') + "@b", "sip:a@b"));
}

}  // namespace
}  // namespace portico::sip
