#include "net/self_signed.h"

#include <fcntl.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <system_error>

#include "base/hash.h"

namespace portico::net {
namespace {

constexpr long kLifeSeconds = 10L * 365 * 24 * 3600;
constexpr long kBackdateSeconds = 3600;  // clients' clocks may be slow

template <auto Free>
struct Freed {
  template <typename T>
  void operator()(T* p) const {
    Free(p);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using Bio = std::unique_ptr<BIO, Freed<BIO_free_all>>;
using Extension = std::unique_ptr<X509_EXTENSION, Freed<X509_EXTENSION_free>>;

bool add_extension(X509* certificate, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

// A name with a comma or the like would be read as configuration by OpenSSL: only host names pass.
bool is_host_name(const std::string& name) {
  return !name.empty() && name.size() <= 253 &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_*") ==
             std::string::npos;
}

std::string subject_alt_names(const CertificateNames& names) {
  std::string list;
  const auto add = [&](const std::string& item) { list += (list.empty() ? "" : ",") + item; };
  for (const auto& name : names.dns)
    if (is_host_name(name)) add("DNS:" + name);
  for (const auto& ip : names.ips)
    if (!ip.is_unspecified()) add("IP:" + ip.to_string());
  return list.empty() ? "DNS:localhost" : list;
}

bool set_serial_and_life(X509* certificate) {
  const auto serial = random_u64() >> 1;  // positive
  return X509_set_version(certificate, X509_VERSION_3) == 1 &&
         ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial) == 1 &&
         X509_gmtime_adj(X509_getm_notBefore(certificate), -kBackdateSeconds) != nullptr &&
         X509_gmtime_adj(X509_getm_notAfter(certificate), kLifeSeconds) != nullptr;
}

bool set_name(X509* certificate, const CertificateNames& names) {
  auto* name = X509_get_subject_name(certificate);
  // RFC 5280 bounds a common name at 64 characters; the alternative names are what clients read.
  auto common = names.dns.empty() || !is_host_name(names.dns[0]) ? std::string("portico") : names.dns[0];
  common = common.substr(0, 64);
  return X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                                    reinterpret_cast<const unsigned char*>(common.c_str()), -1, -1, 0) == 1 &&
         X509_set_issuer_name(certificate, name) == 1;
}

Certificate make_certificate(EVP_PKEY* key, const CertificateNames& names) {
  Certificate certificate(X509_new());
  const bool made =
      certificate && set_serial_and_life(certificate.get()) && set_name(certificate.get(), names) &&
      X509_set_pubkey(certificate.get(), key) == 1 &&
      add_extension(certificate.get(), NID_basic_constraints, "critical,CA:TRUE") &&
      add_extension(certificate.get(), NID_key_usage, "critical,digitalSignature,keyCertSign") &&
      add_extension(certificate.get(), NID_ext_key_usage, "serverAuth,clientAuth") &&
      add_extension(certificate.get(), NID_subject_alt_name, subject_alt_names(names)) &&
      X509_sign(certificate.get(), key, EVP_sha256()) != 0;
  return made ? std::move(certificate) : Certificate();
}

std::string text_of(BIO* bio) {
  char* bytes = nullptr;
  const auto size = BIO_get_mem_data(bio, &bytes);
  return {bytes, static_cast<std::size_t>(size)};
}

Result<void> write_private(const std::string& path, const std::string& text) {
  const auto failed = [&] {
    return fail(Code::unavailable, "cannot write " + path + ": " + std::generic_category().message(errno));
  };
  // Written aside and renamed: a crash leaves no half of a key.
  const auto aside = path + ".new";
  const int fd = ::open(aside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return failed();
  const bool written = ::fchmod(fd, 0600) == 0 &&
                       ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) &&
                       ::fsync(fd) == 0;
  if (::close(fd) != 0 || !written) return failed();
  if (::rename(aside.c_str(), path.c_str()) != 0) return failed();
  return {};
}

bool exists(const std::string& path) { return ::access(path.c_str(), F_OK) == 0; }

}  // namespace

Result<TlsFiles> ensure_self_signed(const std::string& directory, const CertificateNames& names) {
  TlsFiles files{.certificate = directory + "/tls-cert.pem", .key = directory + "/tls-key.pem"};
  if (exists(files.certificate) && exists(files.key)) return files;
  const Key key(EVP_EC_gen("P-256"));
  const auto certificate = key ? make_certificate(key.get(), names) : Certificate();
  const Bio key_text(BIO_new(BIO_s_mem()));
  const Bio certificate_text(BIO_new(BIO_s_mem()));
  if (!certificate || !key_text || !certificate_text ||
      PEM_write_bio_PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1 ||
      PEM_write_bio_X509(certificate_text.get(), certificate.get()) != 1)
    return fail(Code::internal, "cannot make a self-signed certificate");
  if (auto written = write_private(files.key, text_of(key_text.get())); !written)
    return fail(written.error());
  if (auto written = write_private(files.certificate, text_of(certificate_text.get())); !written)
    return fail(written.error());
  return files;
}

}  // namespace portico::net
