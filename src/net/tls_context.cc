#include "net/tls_context.h"

#include <openssl/ssl.h>

#include <boost/asio/ssl/context.hpp>

namespace portico::net {
namespace ssl = boost::asio::ssl;
namespace {

using Context = std::shared_ptr<ssl::context>;

Context new_context(ssl::context::method method) {
  auto context = std::make_shared<ssl::context>(method);
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  SSL_CTX_set_options(context->native_handle(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_mode(context->native_handle(), SSL_MODE_RELEASE_BUFFERS);  // of the thousands that say nothing
  // Without the groups of finite fields: a hello that costs its sender nothing would hold up the thread for
  // some tens of milliseconds (D(HE)at, CVE-2002-20001).
  if (SSL_CTX_set1_groups_list(context->native_handle(), "X25519:P-256:P-384") != 1)
    SSL_CTX_set1_groups_list(context->native_handle(), "P-256:P-384");  // OpenSSL under FIPS
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
