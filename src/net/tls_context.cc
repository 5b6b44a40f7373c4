#include "net/tls_context.h"

#include <openssl/ssl.h>

#include <boost/asio/ssl/context.hpp>

namespace portico::net {
namespace ssl = boost::asio::ssl;
namespace {

using Context = std::shared_ptr<ssl::context>;

Context new_context(ssl::context::method method) {
  auto context = std::make_shared<ssl::context>(method);
  harden(context->native_handle());
  SSL_CTX_set_mode(context->native_handle(), SSL_MODE_RELEASE_BUFFERS);  // of the thousands that say nothing
  return context;
}

Unexpected wrong_file(std::string_view what, const std::string& path,
                      const boost::system::error_code& error) {
  return fail(Code::invalid, std::string(what) + " " + path + ": " + error.message());
}

Result<Context> server_context(const TlsFiles& files) {
  auto context = new_context(ssl::context::tls_server);
  boost::system::error_code error;
  context->use_certificate_chain_file(files.certificate, error);
  if (error) return wrong_file("certificate", files.certificate, error);
  context->use_private_key_file(files.key, ssl::context::pem, error);
  if (error) return wrong_file("key", files.key, error);
  if (SSL_CTX_check_private_key(context->native_handle()) != 1)
    return fail(Code::invalid, "key " + files.key + " does not belong to certificate " + files.certificate);
  return context;
}

}  // namespace

void harden(SSL_CTX* context) {
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  // The groups are those of TLS 1.3; in 1.2 the server's prime is its own affair.
  if (SSL_CTX_set1_groups_list(context, "X25519:P-256:P-384") != 1)
    SSL_CTX_set1_groups_list(context, "P-256:P-384");  // OpenSSL under FIPS
  SSL_CTX_set_cipher_list(context, "DEFAULT:!kDHE");
}

Result<std::shared_ptr<TlsServer>> TlsServer::load(const TlsFiles& files) {
  auto context = server_context(files);
  if (!context) return fail(context.error());
  std::shared_ptr<TlsServer> server(new TlsServer);
  server->context_ = std::move(*context);
  return server;
}

Result<void> TlsServer::reload(const TlsFiles& files) {
  auto context = server_context(files);
  if (!context) return fail(context.error());
  const std::lock_guard lock(mutex_);
  context_ = std::move(*context);
  return {};
}

std::shared_ptr<ssl::context> TlsServer::current() const {
  const std::lock_guard lock(mutex_);
  return context_;
}

Result<std::shared_ptr<TlsClient>> TlsClient::make(const TlsClientOptions& options) {
  std::shared_ptr<TlsClient> client(new TlsClient);
  client->context_ = new_context(ssl::context::tls_client);
  client->verify_ = options.verify;
  client->context_->set_verify_mode(options.verify ? ssl::verify_peer : ssl::verify_none);
  boost::system::error_code error;
  if (!options.ca_file.empty()) {
    client->context_->load_verify_file(options.ca_file, error);
    if (error) return wrong_file("CA file", options.ca_file, error);
  } else if (options.verify) {
    client->context_->set_default_verify_paths(error);
    if (error) return fail(Code::invalid, "the system's certificate store: " + error.message());
  }
  return client;
}

}  // namespace portico::net
