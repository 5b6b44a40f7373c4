// One port for HTTP and HTTPS.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <array>
#include <future>
#include <memory>

#include "http/client.h"
#include "http/server.h"
#include "http/tcp_peer.h"
#include "net/tls_files.h"

namespace portico::http {
namespace {

using testing::HasSubstr;

class ServerTlsTest : public testing::Test {
 protected:
  void start(ServerOptions options = {}) {
    options.listen = *parse_endpoint("127.0.0.1:0");
    options.tls = tls_ = *net::TlsServer::load(identity_);
    server_ = std::move(Server::listen(options, turns_).value());
    server_->start([](Request request) {
      return Response{.headers = {{"X-Path", request.path}}, .body = request.body + "!"};
    });
  }
  std::string url(const std::string& scheme) const {
    return scheme + "://127.0.0.1:" + std::to_string(server_->local().port) + "/a";
  }
  static FetchOutcome fetch(Client& client, Fetch request) {
    std::promise<FetchOutcome> promise;
    client.fetch(std::move(request), [&](FetchOutcome outcome) { promise.set_value(std::move(outcome)); });
    return promise.get_future().get();
  }

  net::TempDirectory directory_;
  net::TlsFiles identity_ = net::make_identity(directory_, "voice.example.org");
  std::shared_ptr<net::TlsServer> tls_;
  async::Workers workers_{2};
  async::Turns turns_{workers_, 2, 2};
  std::unique_ptr<Server> server_;
};

TEST_F(ServerTlsTest, SpeaksTlsToWhoBeginsWithIt) {
  start();
  Client client({.ca_file = identity_.certificate});
  for (const auto* scheme : {"https", "http", "https"}) {
    const auto outcome = fetch(
        client,
        {.url = url(scheme), .method = "POST", .body = std::string(300'000, 'x'), .body_bytes_max = 400'000});
    ASSERT_TRUE(outcome.answer) << scheme << ": " << outcome.answer.error().what;
    EXPECT_EQ(outcome.answer->status, 200);
    EXPECT_EQ(outcome.answer->headers.get("X-Path"), "/a");
    EXPECT_EQ(outcome.answer->body, std::string(300'000, 'x') + "!");
  }
  EXPECT_EQ(client.connections_opened(), 2U) << "each kept alive";
}

TEST_F(ServerTlsTest, AnswersWholeBeforeItCloses) {
  start();
  Client client({.ca_file = identity_.certificate});
  Fetch request{.url = url("https")};
  request.headers.add("Connection", "close");
  const auto outcome = fetch(client, request);
  ASSERT_TRUE(outcome.answer) << outcome.answer.error().what;
  EXPECT_EQ(outcome.answer->body, "!");
}

TEST_F(ServerTlsTest, ResetsNoConnectionThatStillBringsARefusedRequest) {
  start({.request_bytes_max = 1000});
  auto peer = TcpPeer::connect(server_->local().port);
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_client_method()),
                                                                  &SSL_CTX_free);
  const std::unique_ptr<SSL, decltype(&SSL_free)> tls(SSL_new(context.get()), &SSL_free);
  SSL_set_fd(tls.get(), peer.fd());
  ASSERT_EQ(SSL_connect(tls.get()), 1);
  const auto request =
      "POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000\r\n\r\n" + std::string(200'000, 'x');
  ASSERT_EQ(SSL_write(tls.get(), request.data(), static_cast<int>(request.size())),
            static_cast<int>(request.size()));
  std::array<char, 4096> piece{};
  std::string answer;
  int got = 0;
  while ((got = SSL_read(tls.get(), piece.data(), piece.size())) > 0)
    answer.append(piece.data(), static_cast<std::size_t>(got));
  EXPECT_THAT(answer, testing::StartsWith("HTTP/1.1 413 "));
  EXPECT_EQ(SSL_get_error(tls.get(), got), SSL_ERROR_ZERO_RETURN);
  ssize_t rest = 0;
  while ((rest = ::recv(peer.fd(), piece.data(), piece.size(), 0)) > 0) continue;
  EXPECT_EQ(rest, 0);
}

TEST_F(ServerTlsTest, ClosesOnAHandshakeThatIsNone) {
  start();
  auto peer = TcpPeer::connect(server_->local().port);
  peer.send("\x16 this is no handshake, whatever its first octet says\r\n\r\n");
  EXPECT_THAT(peer.read_to_end(), testing::Not(HasSubstr("HTTP"))) << "at most an alert";
}

TEST_F(ServerTlsTest, BoundsTheHandshakeInTime) {
  start({.header_timeout = std::chrono::milliseconds(50)});
  auto peer = TcpPeer::connect(server_->local().port);
  peer.send("\x16\x03\x01");
  EXPECT_EQ(peer.read_to_end(), "");
}

TEST_F(ServerTlsTest, NewConnectionsMeetTheNewIdentity) {
  start();
  const net::TempDirectory other_directory;
  const auto other = net::make_identity(other_directory, "voice.example.org");
  Client trusting_other({.ca_file = other.certificate});
  EXPECT_FALSE(fetch(trusting_other, {.url = url("https")}).answer);
  // As SIGHUP does: the same object, other files.
  ASSERT_TRUE(tls_->reload(other));
  EXPECT_TRUE(fetch(trusting_other, {.url = url("https")}).answer);
}

}  // namespace
}  // namespace portico::http
