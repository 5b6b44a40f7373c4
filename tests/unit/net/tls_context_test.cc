#include "net/tls_context.h"

#include <openssl/ssl.h>

#include <boost/asio/ssl/context.hpp>
#include <fstream>

#include "net/tls_files.h"

namespace portico::net {
namespace {

TEST(TlsServer, ReloadsFilesThatAreRightAndKeepsItsIdentityWhenTheyAreNot) {
  TempDirectory directory;
  const auto files = make_identity(directory, "sip.example.com");
  auto server = TlsServer::load(files);
  ASSERT_TRUE(server.has_value()) << server.error().what;
  const auto first = (*server)->current();
  ASSERT_TRUE((*server)->reload(files).has_value());
  EXPECT_NE((*server)->current(), first) << "connections to come get a new context";
  const auto second = (*server)->current();
  std::ofstream(files.key, std::ios::trunc) << "not a key";
  const auto reloaded = (*server)->reload(files);
  ASSERT_FALSE(reloaded.has_value());
  EXPECT_NE(reloaded.error().what.find(files.key), std::string::npos) << reloaded.error().what;
  EXPECT_EQ((*server)->current(), second);
}

TEST(TlsServer, ReloadsFromOtherFiles) {
  TempDirectory one;
  TempDirectory two;
  auto server = TlsServer::load(make_identity(one, "a.example.com"));
  ASSERT_TRUE(server.has_value()) << server.error().what;
  const auto subject = [&] {
    const auto* certificate = SSL_CTX_get0_certificate((*server)->current()->native_handle());
    char name[64] = {};
    X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name, sizeof name);
    return std::string(name);
  };
  EXPECT_EQ(subject(), "a.example.com");
  ASSERT_TRUE((*server)->reload(make_identity(two, "b.example.com")).has_value());
  EXPECT_EQ(subject(), "b.example.com");
}

TEST(TlsServer, RefusesAKeyOfAnotherCertificate) {
  TempDirectory one;
  TempDirectory two;
  const auto files = make_identity(one, "a.example.com");
  const auto others = make_identity(two, "b.example.com");
  const auto server = TlsServer::load({.certificate = files.certificate, .key = others.key});
  ASSERT_FALSE(server.has_value());
  EXPECT_EQ(server.error().code, Code::invalid);
}

TEST(TlsServer, SpeaksNothingOlderThanTls12) {
  TempDirectory directory;
  auto server = TlsServer::load(make_identity(directory, "a.example.com"));
  ASSERT_TRUE(server.has_value());
  EXPECT_EQ(SSL_CTX_get_min_proto_version((*server)->current()->native_handle()), TLS1_2_VERSION);
}

TEST(TlsClient, OffersNoKeyExchangeOverFiniteFields) {
  const auto client = TlsClient::make({.verify = false});
  ASSERT_TRUE(client.has_value());
  const auto* const ciphers = SSL_CTX_get_ciphers((*client)->current()->native_handle());
  ASSERT_GT(sk_SSL_CIPHER_num(ciphers), 0);
  for (int i = 0; i < sk_SSL_CIPHER_num(ciphers); ++i) {
    const auto* const cipher = sk_SSL_CIPHER_value(ciphers, i);
    EXPECT_NE(SSL_CIPHER_get_kx_nid(cipher), NID_kx_dhe) << SSL_CIPHER_get_name(cipher);
  }
}

TEST(TlsClient, SaysWhichAuthorityFileIsWrong) {
  const auto client = TlsClient::make({.ca_file = "/nonexistent/ca.pem"});
  ASSERT_FALSE(client.has_value());
  EXPECT_NE(client.error().what.find("/nonexistent/ca.pem"), std::string::npos);
}

}  // namespace
}  // namespace portico::net
