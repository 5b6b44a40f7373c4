#include "http/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <future>

#include "http/router.h"
#include "http/tcp_peer.h"

namespace portico::http {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class ServerTest : public testing::Test {
 protected:
  void SetUp() override {
    file_ = std::filesystem::temp_directory_path() / ("portico-http-" + std::to_string(::getpid()));
    std::ofstream(file_, std::ios::binary) << std::string(600'000, 'm') + "end";
    routes_.add("GET", "/hello/{name}", [](const Request& request) {
      return Response{.headers = {{"Content-Type", "text/plain"}},
                      .body = "hello " + std::string(request.param("name"))};
    });
    routes_.add("POST", "/echo", [](const Request& request) { return Response{.body = request.body}; });
    routes_.add("GET", "/query", [](const Request& request) {
      return Response{.body = std::string(request.query_value("q").value_or("none")) + " from " +
                              request.remote.ip.to_string() + " agent " +
                              std::string(request.headers.get("user-agent"))};
    });
    routes_.add("GET", "/throws",
                [](const Request&) -> Response { throw std::runtime_error("secret inside"); });
    routes_.add("GET", "/media", [this](const Request&) { return Response{.file = FileBody{file_}}; });
    routes_.add("GET", "/gone", [](const Request&) { return Response{.file = FileBody{"/nonexistent"}}; });
    routes_.add("GET", "/large",
                [](const Request&) { return Response{.body = std::string(1'000'000, 'L')}; });
    routes_.add("DELETE", "/thing", [](const Request&) { return Response{.status = 204}; });
    routes_.add("GET", "/split", [](const Request&) {
      return Response{.headers = {{"X-Bad", "a\r\nX-Injected: 1"}, {"X-Good", "1"}}};
    });
    options_.listen = *parse_endpoint("127.0.0.1:0");
  }
  void TearDown() override {
    server_.reset();
    std::filesystem::remove(file_);
  }

  void start() {
    auto server = Server::listen(options_, turns_);
    ASSERT_TRUE(server) << server.error().what;
    server_ = std::move(*server);
    server_->start([this](Request request) { return routes_.route(std::move(request)); }, gate_);
  }
  // GET /slow says that it was entered, and answers "finished" once it is released.
  void start_with_slow_route() {
    routes_.add("GET", "/slow", [this](const Request&) {
      slow_entered_.set_value();
      slow_release_.get_future().wait();
      return Response{.body = "finished"};
    });
    start();
  }
  TcpPeer connect(std::uint32_t host = 1) const { return TcpPeer::connect(server_->local().port, host); }
  // Asks on a connection of its own that the server closes.
  std::string ask(std::string_view request) const {
    auto peer = connect();
    peer.send(request);
    return peer.read_to_end();
  }
  static std::string get(std::string_view path, std::string_view more = "") {
    return "GET " + std::string(path) + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + std::string(more) +
           "\r\n";
  }

  async::Workers workers_{2};
  async::Turns turns_{workers_, 2, 2};
  Router routes_;
  std::function<HeadVerdict(const Request&)> gate_;
  ServerOptions options_;
  std::unique_ptr<Server> server_;
  std::filesystem::path file_;
  std::promise<void> slow_entered_;
  std::promise<void> slow_release_;
};

TEST_F(ServerTest, ReportsThePortItFound) {
  start();
  EXPECT_NE(server_->local().port, 0);
  auto second = options_;
  second.listen = server_->local();
  const auto refused = Server::listen(second, turns_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::conflict);
  EXPECT_THAT(refused.error().what, HasSubstr(server_->local().to_string()));
}

TEST_F(ServerTest, ServesOneLineBesideAnotherThatHasMuchToDo) {
  async::Turns turns(workers_, 2, 1);
  routes_.add("GET", "/slow", [released = slow_release_.get_future().share()](const Request&) {
    released.wait();
    return Response{.body = "finished"};
  });
  server_ = std::move(*Server::listen(options_, turns));
  server_->start([this](Request request) { return routes_.route(std::move(request)); },
                 [](const Request& request) { return HeadVerdict{.refusal = {}, .line = request.path}; });
  std::vector<TcpPeer> slow;
  for (int n = 0; n < 3; ++n) {
    slow.push_back(connect());
    slow.back().send(get("/slow"));
    EXPECT_THAT(ask(get("/query")), HasSubstr("200 OK")) << n;
  }
  slow_release_.set_value();
  for (auto& peer : slow) EXPECT_THAT(peer.read_to_end(), HasSubstr("finished"));
  server_.reset();  // before `turns`
}

// More than the kernel takes for a reader that takes nothing.
TEST_F(ServerTest, HoldsNoMoreForSlowReadersThanItsBoundOfOneLineHalf) {
  options_.bodies_bytes_max = 64'000'000;
  gate_ = [](const Request& request) { return HeadVerdict{.refusal = {}, .line = request.path}; };
  for (const char* path : {"/one", "/other"}) {
    routes_.add("GET", path, [](const Request&) { return Response{.body = std::string(16'000'000, 'x')}; });
  }
  start();
  std::vector<TcpPeer> slow;
  for (int n = 0; n < 2; ++n) {
    slow.push_back(connect());
    slow.back().send(get("/one"));
    EXPECT_THAT(slow.back().read_until("\r\n\r\n"), HasSubstr("200 OK"));
  }
  EXPECT_THAT(ask(get("/one")), HasSubstr("503 Service Unavailable"));
  EXPECT_THAT(ask(get("/other")), HasSubstr("200 OK"));
  EXPECT_EQ(slow.front().read_to_end().size(), 16'000'000U);
  EXPECT_THAT(ask(get("/one")), HasSubstr("200 OK"));
}

TEST_F(ServerTest, TakesNoMoreOfBodiesThanItsBoundOfOneLineHalf) {
  options_.bodies_bytes_max = 64'000;
  start();
  const std::string head =
      "POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 20000\r\n\r\n";
  auto first = connect();
  first.send(head);
  EXPECT_THAT(first.read_until("\r\n\r\n"), HasSubstr("100 Continue"));
  EXPECT_THAT(ask(head), HasSubstr("503 Service Unavailable"));
  first.send(std::string(20'000, 'x'));
  EXPECT_THAT(first.read_until("\r\n\r\n"), HasSubstr("200 OK"));
  first.read_bytes(20'000);
  first.send(
      "GET /hello/again HTTP/1.1\r\nHost: x\r\n\r\n");  // once it is answered, the other's body is gone
  first.read_until("\r\n\r\n");
  auto second = connect();
  second.send(head);
  EXPECT_THAT(second.read_until("\r\n\r\n"), HasSubstr("100 Continue"));
}

TEST_F(ServerTest, AnswersAndKeepsTheConnection) {
  start();
  auto peer = connect();
  peer.send("GET /hello/Ann%20B HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto head = peer.read_until("\r\n\r\n");
  EXPECT_THAT(head, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(head, HasSubstr("Content-Type: text/plain\r\n"));
  EXPECT_THAT(head, HasSubstr("Content-Length: 11\r\n"));
  EXPECT_THAT(head, HasSubstr("Connection: keep-alive\r\n"));
  EXPECT_EQ(peer.read_bytes(11), "hello Ann B");
  peer.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody");
  peer.read_until("\r\n\r\n");
  EXPECT_EQ(peer.read_bytes(4), "body");
  EXPECT_EQ(server_->connections(), 1U);
}

TEST_F(ServerTest, TakesARequestOneOctetAtATime) {
  start();
  auto peer = connect();
  for (const char c : std::string_view("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc")) {
    peer.send({&c, 1});
  }
  peer.read_until("\r\n\r\n");
  EXPECT_EQ(peer.read_bytes(3), "abc");
}

TEST_F(ServerTest, AnswersPipelinedRequestsInOrder) {
  start();
  auto peer = connect();
  std::string all;
  for (int i = 0; i < 50; ++i)
    all += "GET /hello/" + std::to_string(1000 + i) + " HTTP/1.1\r\nHost: x\r\n\r\n";
  peer.send(all);
  for (int i = 0; i < 50; ++i) {
    peer.read_until("\r\n\r\n");
    EXPECT_EQ(peer.read_bytes(10), "hello " + std::to_string(1000 + i));
  }
}

TEST_F(ServerTest, UnderstandsChunkedBodiesAndExpectations) {
  start();
  EXPECT_THAT(ask("POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
                  "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"),
              testing::EndsWith("\r\n\r\nabcde"));
  auto peer = connect();
  peer.send("POST /echo HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(peer.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  peer.send("ok");
  EXPECT_THAT(peer.read_until("\r\n\r\n"), StartsWith("HTTP/1.1 200"));
}

TEST_F(ServerTest, GivesHandlersTheDecodedQueryAndTheSource) {
  start();
  EXPECT_THAT(ask(get("/query?q=%2B1+2", "User-Agent: t/1\r\n")),
              testing::EndsWith("+1 2 from 127.0.0.1 agent t/1"));
}

TEST_F(ServerTest, LeavesTheBodyOutOfHeadAndOf204) {
  start();
  const auto head = ask("HEAD /hello/x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(head, HasSubstr("Content-Length: 7\r\n"));
  EXPECT_THAT(head, testing::EndsWith("\r\n\r\n"));
  const auto none = ask("DELETE /thing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(none, StartsWith("HTTP/1.1 204 No Content\r\n"));
  EXPECT_THAT(none, testing::Not(HasSubstr("Content-Length")));
}

TEST_F(ServerTest, SendsFilesWholeAndInRanges) {
  start();
  const auto whole = ask(get("/media"));
  EXPECT_THAT(whole, HasSubstr("Content-Length: 600003\r\n"));
  EXPECT_THAT(whole, HasSubstr("Accept-Ranges: bytes\r\n"));
  EXPECT_THAT(whole, testing::EndsWith("mmmend"));
  EXPECT_EQ(whole.size() - whole.find("\r\n\r\n") - 4, 600'003U);
  const auto part = ask(get("/media", "Range: bytes=-3\r\n"));
  EXPECT_THAT(part, StartsWith("HTTP/1.1 206 Partial Content\r\n"));
  EXPECT_THAT(part, HasSubstr("Content-Range: bytes 600000-600002/600003\r\n"));
  EXPECT_THAT(part, testing::EndsWith("\r\n\r\nend"));
  EXPECT_THAT(ask(get("/media", "Range: bytes=700000-\r\n")), StartsWith("HTTP/1.1 416 "));
  EXPECT_THAT(ask(get("/gone")), StartsWith("HTTP/1.1 404 "));
}

TEST_F(ServerTest, SendsLargeBodies) {
  start();
  const auto answer = ask(get("/large"));
  EXPECT_EQ(answer.size() - answer.find("\r\n\r\n") - 4, 1'000'000U);
}

TEST_F(ServerTest, TurnsAnExceptionInto500WithoutTellingIt) {
  start();
  const auto answer = ask(get("/throws"));
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 500 "));
  EXPECT_THAT(answer, HasSubstr("\"type\":\"internal-error\""));
  EXPECT_THAT(answer, testing::Not(HasSubstr("secret")));
}

TEST_F(ServerTest, DoesNotLetAHeaderValueBeginALine) {
  start();
  const auto answer = ask(get("/split"));
  EXPECT_THAT(answer, testing::Not(HasSubstr("X-Injected")));
  EXPECT_THAT(answer, HasSubstr("X-Good: 1\r\n"));
}

TEST_F(ServerTest, RefusesWhatIsTooLargeOrMalformed) {
  options_.request_bytes_max = 1000;
  options_.header_bytes_max = 2000;
  start();
  EXPECT_THAT(ask("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n" + std::string(1001, 'b')),
              StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(ask("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n800\r\n" +
                  std::string(2048, 'b')),
              StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(ask(get("/hello/x", "X-Long: " + std::string(3000, 'h') + "\r\n")),
              StartsWith("HTTP/1.1 431 "));
  const auto malformed = ask("NOT HTTP\r\n\r\n");
  EXPECT_THAT(malformed, StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(malformed, HasSubstr("Connection: close\r\n"));
  EXPECT_THAT(ask("GET /hello/x HTTP/1.1\r\nContent-Length: x\r\n\r\n"), StartsWith("HTTP/1.1 400 "));
}

TEST_F(ServerTest, BoundsWhatComesBesideTheChunks) {
  start();
  const std::string post = "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const auto* begun : {"1;", "1\r\na\r\n0;", "0\r\nX-A: "}) {
    auto peer = connect();
    peer.send(post + begun + std::string(100'000, 'x'));  // and no end of it
    EXPECT_THAT(peer.read_to_end(), StartsWith("HTTP/1.1 413 ")) << begun;
  }
  auto peer = connect();
  peer.send(post + "493e0;a=b\r\n" + std::string(300'000, 'c') + "\r\n0\r\n\r\n");
  peer.read_until("\r\n\r\n");
  EXPECT_EQ(peer.read_bytes(300'000), std::string(300'000, 'c'));
}

TEST_F(ServerTest, TakesNoFieldFromATrailer) {
  routes_.add("POST", "/late", [](const Request& request) {
    return Response{.body = request.headers.has("X-Late") ? "seen" : "unseen"};
  });
  start();
  EXPECT_THAT(ask("POST /late HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
                  "1\r\na\r\n0\r\nX-Late: 1\r\n\r\n"),
              testing::EndsWith("\r\n\r\nunseen"));
}

TEST_F(ServerTest, TellsTheErrorPageWhatWasAskedFor) {
  options_.request_bytes_max = 1000;
  options_.errors = [](const Request& request, int status, std::string_view) {
    return Response{.status = status, .body = "no " + request.path};
  };
  gate_ = [](const Request& request) -> HeadVerdict {
    if (request.path == "/gate") throw std::runtime_error("secret inside");
    return {};
  };
  start();
  EXPECT_THAT(ask(get("/throws?a=b")), testing::EndsWith("\r\n\r\nno /throws"));
  EXPECT_THAT(ask("GET /two HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n"), testing::EndsWith("\r\n\r\nno /two"));
  const std::string close = " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
  EXPECT_THAT(ask("POST /gate" + close + "Content-Length: 1\r\n\r\na"),
              testing::EndsWith("\r\n\r\nno /gate"));
  EXPECT_THAT(ask("POST /much" + close + "Content-Length: 1001\r\n\r\n"),
              testing::EndsWith("\r\n\r\nno /much"));
  EXPECT_THAT(ask("POST /chunks" + close + "Transfer-Encoding: chunked\r\n\r\n3e9\r\n"),
              testing::EndsWith("\r\n\r\nno /chunks"));
  auto peer = connect();
  peer.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nok");
  peer.read_until("ok");
  peer.send("NOT HTTP\r\n\r\n");
  EXPECT_THAT(peer.read_to_end(), testing::EndsWith("\r\n\r\nno ")) << "not of the one before";
}

TEST_F(ServerTest, ClosesAConnectionThatCannotBeAnswered) {
  options_.errors = [](const Request&, int, std::string_view) -> Response {
    throw std::runtime_error("no page");
  };
  start();
  EXPECT_EQ(ask(get("/throws")), "");
}

TEST_F(ServerTest, ClosesConnectionsThatStall) {
  options_.header_timeout = options_.body_timeout = options_.idle_timeout = std::chrono::milliseconds(30);
  start();
  auto silent = connect();
  EXPECT_EQ(silent.read_to_end(), "");
  auto head = connect();
  head.send("GET / HT");
  EXPECT_EQ(head.read_to_end(), "");
  auto body = connect();
  body.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\na");
  EXPECT_EQ(body.read_to_end(), "");
}

TEST_F(ServerTest, ClosesAConnectionWhoseReaderTakesNothing) {
  options_.write_timeout = std::chrono::milliseconds(30);
  routes_.add("GET", "/huge", [](const Request&) { return Response{.body = std::string(64 << 20, 'x')}; });
  start();
  auto peer = connect();
  peer.send("GET /huge HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(peer.read_bytes(9), StartsWith("HTTP/1.1 "));
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (server_->connections() > 0 && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  EXPECT_EQ(server_->connections(), 0U);
}

// More than a limit passes for each piece of 256 KiB, and never one without anything taken.
TEST_F(ServerTest, ServesASlowReaderAsLongAsItReads) {
  options_.write_timeout = std::chrono::milliseconds(1'500);
  constexpr std::size_t kBody = 16'000'000;  // more than the kernel's buffers hold
  routes_.add("GET", "/huge", [](const Request&) { return Response{.body = std::string(kBody, 'x')}; });
  start();
  auto peer = connect();
  peer.send(get("/huge"));
  peer.read_until("\r\n\r\n");
  std::size_t got = 0;
  for (int i = 0; i < 4; ++i) {
    got += peer.read_bytes(100'000).size();
    std::this_thread::sleep_for(std::chrono::milliseconds(700));
  }
  got += peer.read_to_end().size();
  EXPECT_EQ(got, kBody);
}

TEST_F(ServerTest, RefusesConnectionsBeyondItsLimitWith503) {
  options_.connections_max = 1;
  start_with_slow_route();
  auto first = connect();
  first.send(get("/slow"));
  slow_entered_.get_future().wait();
  auto second = connect();
  EXPECT_THAT(second.read_to_end(), StartsWith("HTTP/1.1 503 "));
  slow_release_.set_value();
  EXPECT_THAT(first.read_to_end(), testing::EndsWith("finished"));
}

TEST_F(ServerTest, ClosesTheLongestIdleConnectionForANewOneWhenItIsFull) {
  options_.connections_max = 2;
  start();
  auto oldest = connect(2);
  oldest.send("GET /hello/a HTTP/1.1\r\nHost: x\r\n\r\n");
  oldest.read_until("hello a");
  auto second = connect(3);
  second.send("GET /hello/b HTTP/1.1\r\nHost: x\r\n\r\n");
  second.read_until("hello b");
  EXPECT_THAT(ask(get("/hello/c")), testing::EndsWith("hello c"));
  EXPECT_EQ(oldest.read_to_end(), "");
  second.send("GET /hello/d HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(second.read_until("hello d"), HasSubstr("200 OK"));
}

// It is waiting for its answer to be read, and has no place that another could be served in.
TEST_F(ServerTest, TakesARefusedConnectionForNoIdleOne) {
  options_.connections_max = 1;
  start_with_slow_route();
  auto first = connect();
  first.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
  slow_entered_.get_future().wait();
  auto refused = connect();
  EXPECT_THAT(refused.read_until("try again later"), StartsWith("HTTP/1.1 503 "));
  slow_release_.set_value();
  first.read_until("finished");
  EXPECT_THAT(ask(get("/hello/c")), testing::EndsWith("hello c"));
  EXPECT_EQ(first.read_to_end(), "") << "it gave its place";
}

TEST_F(ServerTest, LeavesRoomForOthersBesideASourceThatTakesAllItCan) {
  options_.connections_max = 40;
  options_.connections_per_source_max = 30;
  start();
  std::vector<TcpPeer> silent;
  for (int i = 0; i < 200; ++i) silent.push_back(connect(2));
  const auto refused = [&] {
    pollfd readable{.fd = silent[30].fd(), .events = POLLIN, .revents = 0};
    return ::poll(&readable, 1, 60'000) == 1;
  };
  ASSERT_TRUE(refused());
  EXPECT_THAT(silent[30].read_to_end(), StartsWith("HTTP/1.1 503 "));
  std::vector<TcpPeer> others;
  for (int i = 0; i < 10; ++i) {
    auto& other = others.emplace_back(connect(1));
    other.send("GET /hello/a HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_THAT(other.read_until("hello a"), HasSubstr("200 OK")) << i;
  }
}

TEST_F(ServerTest, ReadsABodyOnlyOnceItsHeadHasPassedTheGate) {
  gate_ = [](const Request& request) -> HeadVerdict {
    if (request.headers.get("Authorization").empty()) {
      return {.refusal = Response{.status = 401, .body = "who are you"}};
    }
    if (request.headers.get("Authorization") == "throw") throw std::runtime_error("secret inside");
    return {.refusal = std::nullopt, .body_bytes_max = 10};
  };
  start();
  const std::string post = "POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n";
  const std::string proof = "Authorization: me\r\n";
  const auto unread = ask(post + "Content-Length: 1000000\r\n\r\n");
  EXPECT_THAT(unread, StartsWith("HTTP/1.1 401 "));
  EXPECT_THAT(unread, testing::EndsWith("who are you"));
  EXPECT_THAT(ask(post + "Content-Length: 4\r\nExpect: 100-continue\r\n\r\n"), StartsWith("HTTP/1.1 401 "));
  EXPECT_THAT(ask(post + "Authorization: throw\r\nContent-Length: 4\r\n\r\n"), StartsWith("HTTP/1.1 500 "));
  EXPECT_THAT(ask(post + proof + "Content-Length: 4\r\n\r\nbody"), testing::EndsWith("\r\n\r\nbody"));
  EXPECT_THAT(ask(post + proof + "Content-Length: 11\r\n\r\n"), StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(ask(post + proof + "Transfer-Encoding: chunked\r\n\r\nb\r\n01234567890\r\n0\r\n\r\n"),
              StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(ask(get("/hello/x")), testing::EndsWith("who are you")) << "without a body too";
  EXPECT_THAT(ask(get("/hello/x", proof)), testing::EndsWith("hello x"));
}

TEST_F(ServerTest, FinishesAnswersUnderWayWhenItStops) {
  start_with_slow_route();
  auto idle = connect();
  idle.send("GET /hello/a HTTP/1.1\r\nHost: x\r\n\r\n");
  idle.read_until("hello a");
  auto busy = connect();
  busy.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
  slow_entered_.get_future().wait();
  auto stopped = std::async(std::launch::async, [this] { server_->stop(std::chrono::seconds(20)); });
  EXPECT_EQ(idle.read_to_end(), "");
  slow_release_.set_value();
  EXPECT_THAT(busy.read_to_end(), testing::EndsWith("finished"));
  stopped.wait();
  EXPECT_EQ(server_->connections(), 0U);
}

TEST_F(ServerTest, LetsGoWhatWaitsForItsTurnWhenItStops) {
  async::Turns turns(workers_, 1, 1);
  std::atomic<int> served = 0;
  routes_.add("GET", "/slow", [&, released = slow_release_.get_future().share()](const Request&) {
    if (++served == 1) slow_entered_.set_value();
    released.wait();
    return Response{};
  });
  server_ = std::move(*Server::listen(options_, turns));
  server_->start([this](Request request) { return routes_.route(std::move(request)); }, gate_);
  std::vector<TcpPeer> waiting;
  for (int n = 0; n < 5; ++n) {
    waiting.push_back(connect());
    waiting.back().send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
  }
  slow_entered_.get_future().wait();
  EXPECT_THAT(ask("malformed\r\n\r\n"), StartsWith("HTTP/1.1 400 ")) << "the others were read before it";
  auto stopped = std::async(std::launch::async, [this] { server_->stop(std::chrono::milliseconds(0)); });
  EXPECT_EQ(waiting.back().read_to_end(), "");
  slow_release_.set_value();
  stopped.wait();
  EXPECT_EQ(served, 1);
  server_.reset();
}

TEST_F(ServerTest, StopsWhileAHandlerRunsWithoutPatience) {
  std::promise<void> entered;
  routes_.add("GET", "/slow", [&](const Request&) {
    entered.set_value();
    return Response{.body = std::string(5'000'000, 'x')};
  });
  start();
  auto busy = connect();
  busy.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
  entered.get_future().wait();
  server_->stop(std::chrono::milliseconds(0));
  EXPECT_EQ(server_->connections(), 0U);
}

}  // namespace
}  // namespace portico::http
