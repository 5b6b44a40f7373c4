#include <gtest/gtest.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <signal.h>

#include <filesystem>
#include <future>
#include <mutex>

#include "http/client.h"
#include "http/tcp_peer.h"
#include "net/self_signed.h"

namespace portico::http {
namespace {

class ClientTlsTest : public testing::Test {
 protected:
  void SetUp() override {
    directory_ = std::filesystem::temp_directory_path() / ("portico-tls-" + std::to_string(::getpid()));
    std::filesystem::create_directories(directory_);
    const auto files = net::ensure_self_signed(
        directory_.string(), {.dns = {"backend.example"}, .ips = {IpAddress::v4(0x7F000001)}});
    ASSERT_TRUE(files) << files.error().what;
    certificate_ = (directory_ / "tls-cert.pem").string();
    key_ = (directory_ / "tls-key.pem").string();
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  // Serves one answer over TLS of at most that version, with those ciphers of TLS 1.2.
  ScriptedServer::Script secure_answer(int version_max, const char* ciphers = "ALL") const {
    return [this, version_max, ciphers](TcpPeer& peer) {
      sigset_t pipe;
      sigemptyset(&pipe);
      sigaddset(&pipe, SIGPIPE);
      pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
      auto* context = SSL_CTX_new(TLS_server_method());
      SSL_CTX_set_security_level(context, 0);
      SSL_CTX_set_max_proto_version(context, version_max);
      SSL_CTX_set_cipher_list(context, ciphers);
      SSL_CTX_set_dh_auto(context, 1);
      SSL_CTX_use_certificate_file(context, certificate_.c_str(), SSL_FILETYPE_PEM);
      SSL_CTX_use_PrivateKey_file(context, key_.c_str(), SSL_FILETYPE_PEM);
      auto* session = SSL_new(context);
      SSL_set_fd(session, peer.fd());
      if (SSL_accept(session) == 1) {
        char request[4096];
        SSL_read(session, request, sizeof request);
        static constexpr std::string_view kAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret";
        SSL_write(session, kAnswer.data(), static_cast<int>(kAnswer.size()));
        SSL_shutdown(session);
      }
      SSL_free(session);
      SSL_CTX_free(context);
    };
  }
  static FetchOutcome fetch(Client& client, Fetch request) {
    std::promise<FetchOutcome> promise;
    client.fetch(std::move(request), [&](FetchOutcome outcome) { promise.set_value(std::move(outcome)); });
    return promise.get_future().get();
  }
  static std::string https(const ScriptedServer& server, const std::string& host = "127.0.0.1") {
    return "https://" + host + ":" + std::to_string(server.port()) + "/";
  }

  std::filesystem::path directory_;
  std::string certificate_;
  std::string key_;
};

TEST_F(ClientTlsTest, RefusesACertificateThatNobodyVouchesFor) {
  ScriptedServer server(secure_answer(TLS1_3_VERSION));
  Client client;
  const auto outcome = fetch(client, {.url = https(server)});
  ASSERT_FALSE(outcome.answer);
  EXPECT_EQ(outcome.answer.error().kind, FetchFailure::tls) << outcome.answer.error().what;
}

TEST_F(ClientTlsTest, TakesOneThatItKnowsForThatHostOnly) {
  ScriptedServer server(secure_answer(TLS1_2_VERSION));
  Client client({.ca_file = certificate_});
  const auto outcome = fetch(client, {.url = https(server)});
  ASSERT_TRUE(outcome.answer) << outcome.answer.error().what;
  EXPECT_EQ(outcome.answer->body, "secret");
  const auto other = fetch(client, {.url = https(server, "localhost")});
  ASSERT_FALSE(other.answer) << "the certificate names another host";
  EXPECT_EQ(other.answer.error().kind, FetchFailure::tls);
}

TEST_F(ClientTlsTest, RefusesTlsOlderThan12) {
  ScriptedServer server(secure_answer(TLS1_1_VERSION));
  Client client({.ca_file = certificate_});
  const auto outcome = fetch(client, {.url = https(server)});
  ASSERT_FALSE(outcome.answer);
  EXPECT_EQ(outcome.answer.error().kind, FetchFailure::tls) << outcome.answer.error().what;
}

// With a prime of ten thousand bits each handshake would hold up the client's thread for tenths of a second.
TEST_F(ClientTlsTest, TakesNoKeyExchangeOverFiniteFields) {
  ScriptedServer server(secure_answer(TLS1_2_VERSION, "kDHE"));
  Client client({.ca_file = certificate_});
  const auto outcome = fetch(client, {.url = https(server)});
  ASSERT_FALSE(outcome.answer);
  EXPECT_EQ(outcome.answer.error().kind, FetchFailure::tls) << outcome.answer.error().what;
}

TEST_F(ClientTlsTest, BoundsTheHandshake) {
  ScriptedServer silent([](TcpPeer& peer) { peer.read_to_end(); });
  Client client;
  const auto outcome = fetch(client, {.url = https(silent),
                                      .connect_timeout = Millis(20),
                                      .tls_timeout = Millis(20),
                                      .total_timeout = Millis(60'000)});
  ASSERT_FALSE(outcome.answer);
  EXPECT_EQ(outcome.answer.error().kind, FetchFailure::tls);
  EXPECT_EQ(outcome.answer.error().what, "the TLS handshake did not end in time");
}

}  // namespace
}  // namespace portico::http
