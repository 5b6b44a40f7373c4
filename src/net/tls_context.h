#pragma once
// TLS identities and trust. TLS 1.2 and 1.3. Any thread: a reload makes a new context for connections to
// come, those under way keep theirs.

#include <memory>
#include <mutex>
#include <string>

#include "base/result.h"

namespace boost::asio::ssl {
class context;
}
struct ssl_ctx_st;  // OpenSSL's SSL_CTX

namespace portico::net {

// What every TLS connection of this process keeps to, whoever the peer is: no version before 1.2, no
// renegotiation, and no key exchange over finite fields, which lets a peer take tens of milliseconds of a
// thread with each handshake, more with a prime of its own (D(HE)at, CVE-2002-20001).
void harden(ssl_ctx_st* context);

struct TlsFiles {
  std::string certificate;  // PEM, the chain
  std::string key;          // PEM
};

class TlsServer {
 public:
  // Errors: invalid, with the file and the reason.
  static Result<std::shared_ptr<TlsServer>> load(const TlsFiles& files);
  // Reads these files, the former ones anew or others; on error the present identity stays.
  Result<void> reload(const TlsFiles& files);
  std::shared_ptr<boost::asio::ssl::context> current() const;

 private:
  TlsServer() = default;
  mutable std::mutex mutex_;
  std::shared_ptr<boost::asio::ssl::context> context_;
};

struct TlsClientOptions {
  bool verify = true;   // chain and host name; off only for test servers with their own certificate
  std::string ca_file;  // PEM; empty: the system's store
};

class TlsClient {
 public:
  static Result<std::shared_ptr<TlsClient>> make(const TlsClientOptions& options);
  std::shared_ptr<boost::asio::ssl::context> current() const { return context_; }
  bool verify() const { return verify_; }

 private:
  TlsClient() = default;
  std::shared_ptr<boost::asio::ssl::context> context_;
  bool verify_ = true;
};

}  // namespace portico::net
