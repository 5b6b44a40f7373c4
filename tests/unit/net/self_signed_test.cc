#include "net/self_signed.h"

#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <cstdio>
#include <memory>

#include "net/tls_files.h"

namespace portico::net {
namespace {

using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

Certificate read_certificate(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "r"), std::fclose);
  return {PEM_read_X509(file.get(), nullptr, nullptr, nullptr), X509_free};
}

unsigned mode_of(const std::string& path) {
  struct stat status{};
  return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 0777U : 0U;
}

TEST(SelfSigned, NamesHostsAndAddressesAndIsPrivate) {
  TempDirectory directory;
  const auto files = ensure_self_signed(
      directory.path(),
      {.dns = {"sip.example.com", "localhost"}, .ips = {*parse_ip("192.0.2.7"), *parse_ip("::1")}});
  ASSERT_TRUE(files.has_value()) << files.error().what;
  EXPECT_EQ(mode_of(files->key), 0600U);
  EXPECT_EQ(mode_of(files->certificate), 0600U);
  const auto certificate = read_certificate(files->certificate);
  ASSERT_TRUE(certificate);
  EXPECT_EQ(X509_check_host(certificate.get(), "sip.example.com", 0, 0, nullptr), 1);
  EXPECT_EQ(X509_check_host(certificate.get(), "localhost", 0, 0, nullptr), 1);
  EXPECT_EQ(X509_check_host(certificate.get(), "other.example.com", 0, 0, nullptr), 0);
  EXPECT_EQ(X509_check_ip_asc(certificate.get(), "192.0.2.7", 0), 1);
  EXPECT_EQ(X509_check_ip_asc(certificate.get(), "::1", 0), 1);
  const auto* key = X509_get0_pubkey(certificate.get());
  EXPECT_EQ(EVP_PKEY_get_bits(key), 256) << "P-256";
  EXPECT_EQ(X509_verify(certificate.get(), const_cast<EVP_PKEY*>(key)), 1);
}

TEST(SelfSigned, IsMadeOnce) {
  TempDirectory directory;
  const auto first = read_certificate(make_identity(directory, "a.example.com").certificate);
  const auto second = read_certificate(make_identity(directory, "b.example.com").certificate);
  EXPECT_EQ(X509_cmp(first.get(), second.get()), 0);
}

TEST(SelfSigned, LeavesOutANameThatIsNoHostName) {
  TempDirectory directory;
  const auto files = ensure_self_signed(directory.path(),
                                        {.dns = {"a.example.com,DNS:evil.example.com", "good.example.com"}});
  ASSERT_TRUE(files.has_value());
  const auto certificate = read_certificate(files->certificate);
  EXPECT_EQ(X509_check_host(certificate.get(), "evil.example.com", 0, 0, nullptr), 0);
  EXPECT_EQ(X509_check_host(certificate.get(), "good.example.com", 0, 0, nullptr), 1);
}

TEST(SelfSigned, SaysWhereItCannotWrite) {
  const auto files = ensure_self_signed("/nonexistent/dir", {});
  ASSERT_FALSE(files.has_value());
  EXPECT_NE(files.error().what.find("/nonexistent/dir"), std::string::npos);
}

}  // namespace
}  // namespace portico::net
