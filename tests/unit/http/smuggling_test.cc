// Requests whose end can be seen in two ways (RFC 9112 sections 6 and 11.2): one refusal each, and nothing
// behind it is taken for a second request.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>

#include "http/router.h"
#include "http/server.h"
#include "http/tcp_peer.h"

namespace portico::http {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view kSmuggled = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n";

std::size_t answers_in(std::string_view bytes) {
  std::size_t count = 0;
  for (auto at = bytes.find("\r\nDate: "); at != std::string_view::npos;
       at = bytes.find("\r\nDate: ", at + 1))
    ++count;
  return count;
}

class Smuggling : public testing::Test {
 protected:
  void SetUp() override {
    routes_.add("POST", "/echo", [](const Request& request) { return Response{.body = request.body}; });
    routes_.add("GET", "/smuggled", [this](const Request&) {
      ++smuggled_;
      return Response{.body = "smuggled"};
    });
    options_.listen = *parse_endpoint("127.0.0.1:0");
    auto server = Server::listen(options_, turns_);
    ASSERT_TRUE(server) << server.error().what;
    server_ = std::move(*server);
    server_->start([this](Request request) { return routes_.route(std::move(request)); });
  }
  std::string ask(std::string_view request) const {
    auto peer = TcpPeer::connect(server_->local().port);
    peer.send(request);
    return peer.read_to_end();
  }

  async::Workers workers_{2};
  async::Turns turns_{workers_, 2, 2};
  std::atomic<int> smuggled_{0};
  Router routes_;
  ServerOptions options_;
  std::unique_ptr<Server> server_;
};

TEST_F(Smuggling, AnAmbiguousEndIsRefusedOnceAndClosesTheConnection) {
  const std::string chunked = "0\r\n\r\n";
  using namespace std::string_literals;
  const std::pair<std::string, std::string> rows[] = {
      {"Content-Length: 5\r\nContent-Length: 0\r\n", "hello"},
      {"Content-Length: 0\r\nContent-Length: 5\r\n", "hello"},
      {"Content-Length: 5\r\nContent-Length: 5\r\n", "hello"},
      {"Content-Length: 5, 6\r\n", "hello"},
      {"Content-Length: +5\r\n", "hello"},
      {"Content-Length: -5\r\n", "hello"},
      {"Content-Length: 0x5\r\n", "hello"},
      {"Content-Length: 5 5\r\n", "hello"},
      {"Content-Length: 99999999999999999999\r\n", "hello"},
      {"Content-Length:\r\n", ""},
      {"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", chunked},
      {"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", chunked},
      {"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", chunked},
      {"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", chunked},
      {"Transfer-Encoding: gzip, chunked\r\n", chunked},
      {"Transfer-Encoding: chunked, gzip\r\n", chunked},
      {"Transfer-Encoding: xchunked\r\n", chunked},
      {"Transfer-Encoding: identity\r\n", ""},
      {"Transfer-Encoding: \"chunked\"\r\n", chunked},
      {"Transfer-Encoding: chunked;q=1\r\n", chunked},
      {"Transfer-Encoding:\r\n", chunked},
      {"Transfer-Encoding : chunked\r\n", chunked},
      {"Content-Length : 5\r\n", "hello"},
      {"X-A: b\nContent-Length: 5\r\n", "hello"},
      {"X-A: b\rContent-Length: 5\r\n", "hello"},
      {"X\0A: b\r\n"s, ""},
      {"X-A: b\0c\r\n"s, ""},
      {"X-A: b\0\r\nContent-Length: 5\r\n"s, "hello"},
  };
  for (const auto& [fields, body] : rows) {
    const auto answer =
        ask("POST /echo HTTP/1.1\r\nHost: x\r\n" + fields + "\r\n" + body + std::string(kSmuggled));
    EXPECT_THAT(answer, testing::AnyOf(StartsWith("HTTP/1.1 400 "), StartsWith("HTTP/1.1 413 "))) << fields;
    EXPECT_EQ(answers_in(answer), 1U) << fields << "\n" << answer;
    EXPECT_THAT(answer, HasSubstr("Connection: close")) << fields;
  }
  EXPECT_EQ(smuggled_, 0);
}

TEST_F(Smuggling, NoOlderVersionHasChunks) {
  const auto answer = ask("POST /echo HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" +
                          std::string(kSmuggled));
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 400 "));
  EXPECT_EQ(answers_in(answer), 1U) << answer;
  EXPECT_EQ(smuggled_, 0);
}

TEST_F(Smuggling, ARequestHasOneHost) {
  for (const auto* fields : {"", "Host: x\r\nHost: x\r\n", "Host: x\r\nX-A: b\r\nhost: y\r\n",
                             "Host: x, y\r\n", "Host: x/y\r\n", "Host: a@x\r\n", "Host: x y\r\n",
                             "Host: x:port\r\n", "Host: [::1\r\n", "Host: <x>\r\n", "Host : x\r\n"}) {
    const auto answer =
        ask("GET /smuggled HTTP/1.1\r\n" + std::string(fields) + "\r\n" + std::string(kSmuggled));
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 400 ")) << fields;
    EXPECT_EQ(answers_in(answer), 1U) << fields << "\n" << answer;
  }
  EXPECT_THAT(ask("GET /smuggled HTTP/1.0\r\nHost: x\r\nHost: y\r\n\r\n"), StartsWith("HTTP/1.1 400 "));
  EXPECT_EQ(smuggled_, 0);
  const std::string close = "Connection: close\r\n\r\n";
  for (const auto* field :
       {"Host: x\r\n", "Host:\r\n", "Host: voice.example.org:8080\r\n", "Host: [::1]:80\r\n"})
    EXPECT_THAT(ask("GET /smuggled HTTP/1.1\r\n" + std::string(field) + close), StartsWith("HTTP/1.1 200 "))
        << field;
  EXPECT_THAT(ask("GET /smuggled HTTP/1.0\r\n\r\n"), StartsWith("HTTP/1.1 200 ")) << "older than the field";
}

TEST_F(Smuggling, ChunksOfNoSizeAreRefused) {
  for (const auto* chunk : {"fffffffffffffffff\r\n", "-1\r\na", "0x1\r\na\r\n", " 1\r\na\r\n", "1\na\r\n",
                            "\r\n", "g\r\n", "1;\x01\r\na\r\n", "1\r\nab\r\n"}) {
    const auto answer = ask("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n" +
                            std::string(chunk) + "0\r\n\r\n" + std::string(kSmuggled));
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 4")) << chunk;
    EXPECT_EQ(answers_in(answer), 1U) << chunk << "\n" << answer;
  }
  EXPECT_EQ(smuggled_, 0);
}

TEST_F(Smuggling, ABodyThatLooksLikeARequestIsABody) {
  auto peer = TcpPeer::connect(server_->local().port);
  peer.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(kSmuggled.size()) +
            "\r\n\r\n" + std::string(kSmuggled) +
            "POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
  const auto answers = peer.read_to_end();
  EXPECT_THAT(answers, testing::EndsWith("\r\n\r\nok"));
  EXPECT_EQ(smuggled_, 0);
}

TEST_F(Smuggling, AFoldedFieldIsOneField) {
  const auto answer =
      ask("POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-A: b\r\n Content-Length: 3\r\n"
          "Content-Length: 2\r\n\r\nok");
  EXPECT_THAT(answer, testing::EndsWith("\r\n\r\nok"));
}

TEST_F(Smuggling, OtherVersionsAreRefused) {
  for (const auto* line : {"PRI * HTTP/2.0", "GET /smuggled HTTP/1.2", "GET /smuggled",
                           "GET /smuggled HTTP/11", "GET  /smuggled HTTP/1.1", "GET /smuggled\tHTTP/1.1"}) {
    EXPECT_THAT(ask(std::string(line) + "\r\nHost: x\r\nConnection: close\r\n\r\n"),
                StartsWith("HTTP/1.1 400 "))
        << line;
  }
  EXPECT_EQ(smuggled_, 0);
}

TEST_F(Smuggling, AnAnswerThatRepeatsARequestIsStillUtf8Json) {
  const auto answer = ask("GET /\xFF\xFE\"<script> HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 4"));
  EXPECT_EQ(answer.find('\xFF'), std::string::npos);
}

}  // namespace
}  // namespace portico::http
