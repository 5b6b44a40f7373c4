#include "http/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <future>
#include <mutex>
#include <sstream>

#include "async/manual_loop.h"
#include "http/tcp_peer.h"
#include "net/dns_responder.h"

namespace portico::http {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

FetchOutcome fetch(Client& client, Fetch request) {
  std::promise<FetchOutcome> promise;
  client.fetch(std::move(request), [&](FetchOutcome outcome) { promise.set_value(std::move(outcome)); });
  return promise.get_future().get();
}

// Answers every request on a connection with the path and body it came with.
void echo(TcpPeer& peer) {
  for (;;) {
    const auto head = peer.read_until("\r\n\r\n");
    if (!head.ends_with("\r\n\r\n")) return;
    std::string body;
    if (const auto at = head.find("Content-Length: "); at != std::string::npos) {
      body = peer.read_bytes(static_cast<std::size_t>(std::stoi(head.substr(at + 16))));
    }
    const auto answer = head + body;
    peer.send("HTTP/1.1 200 OK\r\nX-Echo: yes\r\nContent-Length: " + std::to_string(answer.size()) +
              "\r\n\r\n" + answer);
  }
}

ScriptedServer::Script answers(std::string text) {
  return [text](TcpPeer& peer) {
    peer.read_until("\r\n\r\n");
    peer.send(text);
  };
}

// "x" by gzip, in one chunk.
std::string zipped() {
  using namespace std::string_literals;
  return "15\r\n\x1f\x8b\x08\0\0\0\0\0\x02\x03\xab\0\0\x83\x16\xdc\x8c\x01\0\0\0\r\n0\r\n\r\n"s;
}

// Says nothing, and keeps the connection until the other side ends it.
void stays_silent(TcpPeer& peer) { peer.read_to_end(); }

TEST(Client, SendsMethodHeadersBodyAndCredentialsAtOnce) {
  ScriptedServer server(echo);
  Client client;
  const auto outcome = fetch(client, {.url = server.url("/hook?x=1"),
                                      .method = "POST",
                                      .headers = {{"Content-Type", "application/json"}},
                                      .body = "{\"a\":1}",
                                      .username = "app",
                                      .password = "p w:"});
  ASSERT_TRUE(outcome.answer) << outcome.answer.error().what;
  EXPECT_EQ(outcome.answer->status, 200);
  EXPECT_EQ(outcome.answer->headers.get("x-echo"), "yes");
  const auto& request = outcome.answer->body;
  EXPECT_THAT(request, StartsWith("POST /hook?x=1 HTTP/1.1\r\n"));
  EXPECT_THAT(request, HasSubstr("Content-Type: application/json\r\n"));
  EXPECT_THAT(request, HasSubstr("User-Agent: Portico/" PORTICO_VERSION "\r\n"));
  EXPECT_THAT(request, HasSubstr("Authorization: Basic YXBwOnAgdzo=\r\n"));
  EXPECT_THAT(request, testing::Not(HasSubstr("Expect")));
  EXPECT_THAT(request, testing::Not(HasSubstr("Accept-Encoding")));
  EXPECT_THAT(request, testing::EndsWith("\r\n\r\n{\"a\":1}"));
}

TEST(Client, SendsOtherMethodsAndEmptyBodies) {
  ScriptedServer server(echo);
  Client client;
  EXPECT_THAT(fetch(client, {.url = server.url("/a"), .method = "GET"}).answer->body,
              StartsWith("GET /a HTTP/1.1\r\n"));
  EXPECT_THAT(fetch(client, {.url = server.url("/b"), .method = "DELETE"}).answer->body,
              StartsWith("DELETE /b HTTP/1.1\r\n"));
  const auto post = fetch(client, {.url = server.url("/c"), .method = "POST"}).answer->body;
  EXPECT_THAT(post, StartsWith("POST /c HTTP/1.1\r\n"));
  EXPECT_THAT(post, HasSubstr("Content-Length: 0\r\n"));
  EXPECT_THAT(fetch(client, {.url = server.url("/d"), .method = "PUT", .body = "x"}).answer->body,
              StartsWith("PUT /d HTTP/1.1\r\n"));
}

TEST(Client, KeepsConnectionsAlive) {
  ScriptedServer server(echo);
  Client client;
  EXPECT_TRUE(fetch(client, {.url = server.url()}).timings.new_connection);
  for (int i = 0; i < 10; ++i) EXPECT_FALSE(fetch(client, {.url = server.url()}).timings.new_connection);
  EXPECT_EQ(server.connections(), 1);
  EXPECT_EQ(client.connections_opened(), 1U);
}

struct SecondPost {
  FetchOutcome outcome;
  int requests = 0;  // that the server saw in all
};

// Two requests on one connection, which the server ends so long after the second has come.
SecondPost post_twice(Millis ended_after) {
  std::atomic<int> requests{0};
  ScriptedServer server([&](TcpPeer& peer) {
    while (peer.read_until("\r\n\r\n").ends_with("\r\n\r\n")) {
      if (++requests == 2) {
        std::this_thread::sleep_for(ended_after);
        return;
      }
      peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    }
  });
  Client client;
  const Fetch post{.url = server.url(), .method = "POST"};
  EXPECT_TRUE(fetch(client, post).answer);
  auto second = fetch(client, post);
  return {.outcome = std::move(second), .requests = requests.load()};
}

TEST(Client, DoesNotRepeatWhatAServerMayHaveActedOn) {
  const auto cut_off = post_twice(700ms);
  ASSERT_FALSE(cut_off.outcome.answer);
  EXPECT_EQ(cut_off.outcome.answer.error().kind, FetchFailure::protocol);
  EXPECT_EQ(cut_off.requests, 2);
}

TEST(Client, RepeatsWhatMetTheEndOfAnIdleConnection) {
  const auto repeated = post_twice(0ms);
  EXPECT_TRUE(repeated.outcome.answer);
  EXPECT_EQ(repeated.requests, 3);
}

TEST(Client, DoesNotBeginWhatNobodyWantsAnyMore) {
  std::atomic<int> requests{0};
  std::promise<void> release;
  const auto released = release.get_future().share();
  ScriptedServer server([&](TcpPeer& peer) {
    peer.read_until("\r\n\r\n");
    ++requests;
    released.wait();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  });
  Client client({.connections_per_host_max = 1});
  std::promise<FetchOutcome> first;
  client.fetch({.url = server.url()}, [&](FetchOutcome outcome) { first.set_value(std::move(outcome)); });
  const auto wanted = std::make_shared<std::atomic<bool>>(true);
  std::promise<FetchOutcome> second;
  client.fetch({.url = server.url(), .wanted = wanted},
               [&](FetchOutcome outcome) { second.set_value(std::move(outcome)); });
  *wanted = false;
  release.set_value();
  EXPECT_TRUE(first.get_future().get().answer);
  const auto outcome = second.get_future().get();
  ASSERT_FALSE(outcome.answer);
  EXPECT_EQ(outcome.answer.error().kind, FetchFailure::cancelled);
  EXPECT_EQ(requests.load(), 1);
}

// A server with a full backlog takes the connection when it comes to it, with the next SYN.
TEST(Client, DoesNotSendWhatNobodyWantsOnceItsConnectionStands) {
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  auto address = TcpPeer::loopback(0);
  socklen_t size = sizeof address;
  ASSERT_EQ(::bind(listener, reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(::listen(listener, 0), 0);
  ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size);
  const auto port = ntohs(address.sin_port);
  const auto filling = TcpPeer::connect(port);
  Client client;
  const auto wanted = std::make_shared<std::atomic<bool>>(true);
  std::promise<FetchOutcome> done;
  client.fetch({.url = "http://127.0.0.1:" + std::to_string(port) + "/", .wanted = wanted},
               [&](FetchOutcome outcome) { done.set_value(std::move(outcome)); });
  while (client.connections_opened() == 0) std::this_thread::yield();
  *wanted = false;
  const TcpPeer first(::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC));
  TcpPeer late(::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC));
  EXPECT_EQ(late.read_to_end(), "");
  const auto outcome = done.get_future().get();
  ASSERT_FALSE(outcome.answer);
  EXPECT_EQ(outcome.answer.error().kind, FetchFailure::cancelled);
  ::close(listener);
}

TEST(Client, BoundsConnectionsToAHost) {
  ScriptedServer server(echo);
  std::mutex mutex;
  std::condition_variable changed;
  int good = 0;
  Client client({.connections_per_host_max = 2});
  for (int i = 0; i < 40; ++i) {
    client.fetch({.url = server.url()}, [&](const FetchOutcome& outcome) {
      const std::lock_guard lock(mutex);
      if (outcome.answer) ++good;
      changed.notify_one();
    });
  }
  std::unique_lock lock(mutex);
  changed.wait(lock, [&] { return good == 40; });
  EXPECT_LE(server.connections(), 2);
}

TEST(Client, BoundsConnectionsToAllHostsTogether) {
  ScriptedServer silent(stays_silent);
  ScriptedServer other(echo);
  Client client({.connections_max = 1});
  client.fetch({.url = silent.url()}, [](const FetchOutcome&) {});
  const auto waited = fetch(client, {.url = other.url(), .total_timeout = Millis(100)});
  ASSERT_FALSE(waited.answer) << "the only connection is taken";
  EXPECT_EQ(waited.answer.error().kind, FetchFailure::timeout);
  EXPECT_EQ(other.connections(), 0);
}

TEST(Client, PostsTheOutcomeToALoop) {
  ScriptedServer server(echo);
  Client client;
  struct WaitingLoop final : async::Loop {
    std::promise<async::Job> job;
    void post(async::Job j) override { job.set_value(std::move(j)); }
    TimePoint now() const override { return {}; }
    WallTime wall() const override { return {}; }
    async::TimerId call_at(TimePoint, async::Job) override { return 0; }
    void cancel(async::TimerId) override {}
    bool on_owner_thread() const override { return true; }
  } loop;
  std::thread::id ran_on;
  client.fetch({.url = server.url()}, loop,
               [&](const FetchOutcome&) { ran_on = std::this_thread::get_id(); });
  auto job = loop.job.get_future().get();
  job();
  EXPECT_EQ(ran_on, std::this_thread::get_id());
}

TEST(Client, TellsFailuresApart) {
  struct Row {
    const char* name;
    ScriptedServer::Script script;
    FetchFailure kind;
  };
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  const Row rows[] = {
      {"closed without an answer", [](TcpPeer& peer) { peer.read_until("\r\n\r\n"); },
       FetchFailure::protocol},
      {"not HTTP", answers("220 smtp ready\r\n\r\n"), FetchFailure::protocol},
      {"broken off", answers(ok + "Content-Length: 10\r\n\r\nabc"), FetchFailure::protocol},
      {"announced too large", answers(ok + "Content-Length: 101\r\n\r\n"), FetchFailure::too_large},
      {"turns out too large", answers(ok + "\r\n" + std::string(101, 'x')), FetchFailure::too_large},
      {"endless headers",
       answers(ok + "X-Long: " + std::string(limits::kHttpClientHeaderBytesMax, 'h') + "\r\n\r\n"),
       FetchFailure::too_large},
      {"compressed", answers(ok + "Content-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx"),
       FetchFailure::protocol},
      {"compressed behind another word",
       answers(ok +
               "Content-Encoding: aws-chunked\r\nContent-Encoding: utf-8, BR\r\nContent-Length: 1\r\n\r\nx"),
       FetchFailure::protocol},
      {"coded for the way", answers(ok + "Transfer-Encoding: gzip, chunked\r\n\r\n" + zipped()),
       FetchFailure::protocol},
      {"coded without an end, in blocks that hold nothing",
       [ok](TcpPeer& peer) {
         peer.read_until("\r\n\r\n");
         peer.send(ok + "transfer-encoding: chunked, Deflate\r\n\r\n");
         std::string blocks;
         for (int i = 0; i < 1000; ++i) blocks.append("\0\0\0\xff\xff", 5);
         while (peer.send("1388\r\n" + blocks + "\r\n")) continue;
       },
       FetchFailure::protocol},
  };
  Client client;
  for (const auto& row : rows) {
    ScriptedServer server(row.script);
    const auto outcome = fetch(client, {.url = server.url(), .body_bytes_max = 100});
    ASSERT_FALSE(outcome.answer) << row.name;
    EXPECT_EQ(failure_name(outcome.answer.error().kind), failure_name(row.kind))
        << row.name << ": " << outcome.answer.error().what;
  }
}

TEST(Client, TakesCodingsThatLeaveTheBodyAsItIs) {
  const std::string chunk = "1\r\na\r\n0\r\n\r\n";
  ScriptedServer server(answers("HTTP/1.1 200 OK\r\nTransfer-Encoding: identity, ,Chunked\r\n\r\n" + chunk));
  Client client;
  const auto outcome = fetch(client, {.url = server.url()});
  ASSERT_TRUE(outcome.answer) << outcome.answer.error().what;
  EXPECT_EQ(outcome.answer->body, "a");
}

TEST(Client, TakesAContentEncodingThatIsNoCompression) {
  for (const std::string coding : {"aws-chunked", "UTF-8", "identity", ""}) {
    ScriptedServer server(
        answers("HTTP/1.1 200 OK\r\nContent-Encoding: " + coding + "\r\nContent-Length: 1\r\n\r\na"));
    Client client;
    const auto outcome = fetch(client, {.url = server.url()});
    ASSERT_TRUE(outcome.answer) << coding << ": " << outcome.answer.error().what;
    EXPECT_EQ(outcome.answer->body, "a");
  }
}

TEST(Client, TakesABodyOfExactlyTheLimit) {
  ScriptedServer server(answers("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + std::string(100, 'x')));
  Client client;
  EXPECT_TRUE(fetch(client, {.url = server.url(), .body_bytes_max = 100}).answer);
}

TEST(Client, NamesWhatCouldNotBeReached) {
  ClosedPort closed;
  Client client;
  EXPECT_EQ(fetch(client, {.url = closed.url()}).answer.error().kind, FetchFailure::connect);
  EXPECT_EQ(fetch(client, {.url = "http://no-such-host.invalid/"}).answer.error().kind,
            FetchFailure::resolve);
  EXPECT_EQ(fetch(client, {.url = "ftp://127.0.0.1/"}).answer.error().kind, FetchFailure::refused_target);
  EXPECT_EQ(fetch(client, {.url = "file:///etc/passwd"}).answer.error().kind, FetchFailure::refused_target);
}

// On 127.0.0.2, with the port of a server on 127.0.0.1: connections to it are neither taken nor refused.
class UnansweredAddress {
 public:
  explicit UnansweredAddress(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    auto address = TcpPeer::loopback(port);
    address.sin_addr.s_addr = htonl(0x7F000002);
    const auto* at = reinterpret_cast<const sockaddr*>(&address);
    if (::bind(fd_, at, sizeof address) != 0 || ::listen(fd_, 0) != 0) std::abort();
    // The one that is waited for fills the queue.
    waiting_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::connect(waiting_, at, sizeof address) != 0) std::abort();
  }
  ~UnansweredAddress() {
    ::close(waiting_);
    ::close(fd_);
  }

 private:
  int fd_;
  int waiting_;
};

TEST(Client, AsksTheNextAddressOfANameWhenOneIsSilent) {
  ScriptedServer server(echo);
  UnansweredAddress silent(server.port());
  net::DnsResponder names;
  for (const unsigned last : {2U, 1U})
    names.knows("backend.example", 1, net::DnsMessage().u32(0x7F000000 + last));
  Client client({.names = {.servers = {names.address()}}});
  const auto url = "http://backend.example:" + std::to_string(server.port()) + "/";
  const auto outcome = fetch(client, {.url = url, .connect_timeout = Millis(3000)});
  ASSERT_TRUE(outcome.answer) << outcome.answer.error().what;
  EXPECT_GE(outcome.timings.total, Millis(1000)) << "the silent one was asked first";
  EXPECT_TRUE(fetch(client, {.url = url}).answer);
  EXPECT_EQ(client.connections_opened(), 2U);
}

TEST(Client, AsksTheNextAddressOfANameWhenOneRefuses) {
  ScriptedServer server(echo);
  net::DnsResponder names;
  for (const unsigned last : {3U, 4U, 1U})
    names.knows("backend.example", 1, net::DnsMessage().u32(0x7F000000 + last));
  Client client({.names = {.servers = {names.address()}}});
  EXPECT_TRUE(fetch(client, {.url = "http://backend.example:" + std::to_string(server.port()) + "/"}).answer);
}

TEST(Client, GivesASingleSilentAddressTheWholeLimit) {
  ScriptedServer server(echo);
  UnansweredAddress silent(server.port());
  Client client;
  const auto outcome = fetch(client, {.url = "http://127.0.0.2:" + std::to_string(server.port()) + "/",
                                      .connect_timeout = Millis(3'200)});  // more than a share of it
  ASSERT_FALSE(outcome.answer);
  EXPECT_EQ(outcome.answer.error().kind, FetchFailure::connect);
  EXPECT_EQ(outcome.answer.error().what, "no connection was made in time");
  EXPECT_GE(outcome.timings.total, Millis(3'200));
}

TEST(Client, LooksNamesUpItself) {
  ScriptedServer server(echo);
  net::DnsResponder names;
  names.knows("backend.example", 1, net::DnsMessage().u32(0x7F000001));
  Client client({.names = {.servers = {names.address()}}});
  const auto port = ":" + std::to_string(server.port()) + "/";
  for (int i = 0; i < 5; ++i) {
    const auto outcome = fetch(client, {.url = "http://Backend.Example" + port});
    ASSERT_TRUE(outcome.answer) << outcome.answer.error().what;
    EXPECT_THAT(outcome.answer->body, HasSubstr("Host: Backend.Example"));
  }
  EXPECT_EQ(names.asked("backend.example", 1), 1);
  EXPECT_EQ(server.connections(), 1);
  const auto missing = fetch(client, {.url = "http://nobody.example" + port});
  ASSERT_FALSE(missing.answer);
  EXPECT_EQ(missing.answer.error().kind, FetchFailure::resolve);
  const auto mute =
      fetch(client, {.url = "http://mute.example" + port, .connect_timeout = Millis(30)}).answer.error();
  EXPECT_EQ(mute.kind, FetchFailure::resolve);
  EXPECT_EQ(mute.what, "the host name was not resolved in time");
}

TEST(Client, GivesUpOnServersThatDoNotAnswer) {
  std::atomic<long> asked{0};  // the number in the path
  ScriptedServer silent([&](TcpPeer& peer) {
    const auto head = peer.read_until("\r\n\r\n");
    if (head.starts_with("GET /")) asked = std::atol(head.c_str() + 5);
    peer.read_to_end();
  });
  Client client;
  // On a busy machine the time may be over before the request is out: then it gets more.
  for (Millis limit(40); limit < Millis(20'000); limit *= 2) {
    const auto path = "/" + std::to_string(limit.count());
    const auto outcome = fetch(client, {.url = silent.url(path), .total_timeout = limit});
    ASSERT_FALSE(outcome.answer);
    EXPECT_GE(outcome.timings.total, limit);
    if (asked != limit.count()) continue;
    EXPECT_EQ(outcome.answer.error().kind, FetchFailure::timeout);
    EXPECT_EQ(outcome.answer.error().what, "no answer came in time");
    return;
  }
  FAIL() << "no request came";
}

TEST(Client, BoundsTheFirstByteApartFromTheWhole) {
  ScriptedServer silent(stays_silent);
  Client client;
  const auto outcome =
      fetch(client, {.url = silent.url(), .first_byte_timeout = Millis(30), .total_timeout = Millis(60000)});
  ASSERT_FALSE(outcome.answer);
  EXPECT_EQ(outcome.answer.error().kind, FetchFailure::timeout);
  EXPECT_LT(outcome.timings.total, Millis(30000));
}

TEST(Client, GivesUpOnServersThatTrickle) {
  ScriptedServer trickle([](TcpPeer& peer) {
    peer.read_until("\r\n\r\n");
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
    while (peer.send("x")) std::this_thread::yield();
  });
  Client client;
  const auto outcome =
      fetch(client, {.url = trickle.url(), .total_timeout = Millis(40), .body_bytes_max = 100'000'000});
  ASSERT_FALSE(outcome.answer);
}

TEST(Client, DoesNotLetSlowServersDelayOthers) {
  ScriptedServer silent(stays_silent);
  ScriptedServer server(echo);
  std::atomic<int> cancelled{0};
  Client client;
  for (int i = 0; i < 300; ++i) {
    client.fetch({.url = silent.url(), .total_timeout = Millis(60000)},
                 [&](const FetchOutcome&) { ++cancelled; });
  }
  for (int i = 0; i < 20; ++i) {
    const auto outcome = fetch(client, {.url = server.url()});
    EXPECT_TRUE(outcome.answer);
  }
  EXPECT_EQ(cancelled, 0);
  EXPECT_EQ(client.pending(), 300U);
}

TEST(Client, DoesNotLetWhoWaitsForOneHostKeepOthersWaiting) {
  ScriptedServer silent(stays_silent);
  ScriptedServer server(echo);
  Client client({.connections_per_host_max = 1});
  for (int i = 0; i < 20; ++i)
    client.fetch({.url = silent.url(), .total_timeout = Millis(60000)}, [](const FetchOutcome&) {});
  std::array<std::promise<bool>, 2> answered;
  for (auto& one : answered) {
    client.fetch({.url = server.url()},
                 [&](const FetchOutcome& outcome) { one.set_value(outcome.answer.has_value()); });
  }
  for (auto& one : answered) EXPECT_TRUE(one.get_future().get());
}

TEST(Client, CountsTheTimeOfWaitingForAConnection) {
  ScriptedServer silent(stays_silent);
  Client client({.connections_per_host_max = 1});
  client.fetch({.url = silent.url(), .total_timeout = Millis(60000)}, [](const FetchOutcome&) {});
  const auto outcome = fetch(client, {.url = silent.url(), .total_timeout = Millis(40)});
  ASSERT_FALSE(outcome.answer);
  EXPECT_EQ(outcome.answer.error().kind, FetchFailure::timeout);
  EXPECT_EQ(outcome.answer.error().what, "no connection was free in time");
}

TEST(Client, RefusesPrivateTargetsByTheAddressItConnectsTo) {
  ScriptedServer server(echo);
  Client client({.allow_private_targets = false});
  for (const auto& host :
       {std::string("127.0.0.1"), std::string("localhost"), std::string("[::ffff:127.0.0.1]"),
        std::string("0.0.0.0"), std::string("2130706433"), std::string("10.1.2.3"), std::string("[::1]")}) {
    const auto outcome = fetch(client, {.url = "http://" + host + ":" + std::to_string(server.port()) + "/"});
    ASSERT_FALSE(outcome.answer) << host;
    EXPECT_EQ(failure_name(outcome.answer.error().kind), "refused_target")
        << host << outcome.answer.error().what;
  }
  EXPECT_EQ(server.connections(), 0);
}

TEST(Client, RefusesItsOwnListenersAndLinkLocalTargetsAlways) {
  ScriptedServer own(echo);
  ScriptedServer origin(
      answers("HTTP/1.1 302 Found\r\nLocation: " + own.url("/v1") + "\r\nContent-Length: 0\r\n\r\n"));
  Client client({.own_listeners = {*parse_endpoint("0.0.0.0:" + std::to_string(own.port()))}});
  const auto port = std::to_string(own.port());
  for (const auto& url : {own.url(), "http://localhost:" + port + "/", "http://0.0.0.0:" + port + "/",
                          "http://[::ffff:127.0.0.1]:" + port + "/", origin.url(),
                          std::string("http://169.254.169.254/latest/meta-data/"),
                          std::string("http://[::ffff:169.254.169.254]/")}) {
    const auto outcome = fetch(client, {.url = url, .redirects_max = 1});
    ASSERT_FALSE(outcome.answer) << url;
    EXPECT_EQ(failure_name(outcome.answer.error().kind), "refused_target")
        << url << outcome.answer.error().what;
  }
  EXPECT_EQ(own.connections(), 0);
  EXPECT_EQ(origin.connections(), 1) << "others of this machine are asked";
}

TEST(Client, FollowsRedirectsOnlyWhenAskedTo) {
  ScriptedServer target(echo);
  ScriptedServer origin(
      answers("HTTP/1.1 302 Found\r\nLocation: " + target.url("/there") + "\r\nContent-Length: 2\r\n\r\nno"));
  Client client;
  const auto kept = fetch(client, {.url = origin.url()});
  ASSERT_TRUE(kept.answer);
  EXPECT_EQ(kept.answer->status, 302);
  EXPECT_EQ(target.connections(), 0);
  const auto followed =
      fetch(client, {.url = origin.url(), .username = "u", .password = "p", .redirects_max = 5});
  ASSERT_TRUE(followed.answer);
  EXPECT_EQ(followed.answer->url, target.url("/there"));
  EXPECT_THAT(followed.answer->body, StartsWith("GET /there HTTP/1.1\r\n"));
  EXPECT_THAT(followed.answer->body, testing::Not(HasSubstr("Authorization")));
}

TEST(Client, EndsRedirectLoops) {
  ScriptedServer loop([](TcpPeer& peer) {
    while (peer.read_until("\r\n\r\n").ends_with("\r\n\r\n")) {
      peer.send("HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n");
    }
  });
  Client client;
  const auto outcome = fetch(client, {.url = loop.url(), .redirects_max = 5});
  ASSERT_FALSE(outcome.answer);
  EXPECT_EQ(outcome.answer.error().kind, FetchFailure::protocol);
}

TEST(Client, WritesNoMoreToAFileThanItMay) {
  ScriptedServer server(
      answers("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + std::string(100'000, 's')));
  Client client;
  const auto file = std::filesystem::temp_directory_path() / ("portico-room-" + std::to_string(::getpid()));
  std::size_t left = 50'000;
  const auto outcome = fetch(client, {.url = server.url(),
                                      .body_bytes_max = 1'000'000,
                                      .body_file = file.string(),
                                      .may_write = [&](std::size_t bytes) {
                                        if (bytes > left) return false;
                                        left -= bytes;
                                        return true;
                                      }});
  ASSERT_FALSE(outcome.answer);
  EXPECT_EQ(outcome.answer.error().kind, FetchFailure::busy);
  EXPECT_FALSE(std::filesystem::exists(file));
}

TEST(Client, WritesABodyToAFile) {
  ScriptedServer server(answers("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nsound"));
  ScriptedServer broken(answers("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nsound"));
  Client client;
  const auto file = std::filesystem::temp_directory_path() / ("portico-body-" + std::to_string(::getpid()));
  const auto outcome = fetch(client, {.url = server.url(), .body_file = file.string()});
  ASSERT_TRUE(outcome.answer);
  EXPECT_EQ(outcome.answer->body, "");
  EXPECT_EQ(outcome.answer->body_bytes, 5U);
  std::stringstream text;
  text << std::ifstream(file).rdbuf();
  EXPECT_EQ(text.str(), "sound");
  std::filesystem::remove(file);
  EXPECT_FALSE(fetch(client, {.url = broken.url(), .body_file = file.string()}).answer);
  EXPECT_FALSE(std::filesystem::exists(file)) << "a broken download leaves nothing behind";
}

TEST(Client, RefusesMoreThanItMayHavePending) {
  ScriptedServer silent(stays_silent);
  Client client({.pending_max = 2});
  for (int i = 0; i < 2; ++i) client.fetch({.url = silent.url()}, [](const FetchOutcome&) {});
  EXPECT_EQ(fetch(client, {.url = silent.url()}).answer.error().kind, FetchFailure::busy);
}

TEST(Client, CancelsWhatIsUnderWayWhenItEnds) {
  ScriptedServer silent(stays_silent);
  std::vector<FetchFailure> ends;
  {
    Client client({.connections_per_host_max = 2});  // one still waits
    for (int i = 0; i < 3; ++i) {
      client.fetch({.url = silent.url()}, [&](const FetchOutcome& outcome) {
        ends.push_back(outcome.answer.error().kind);
        if (ends.size() == 1) client.fetch({.url = "http://127.0.0.1/"}, [](const FetchOutcome&) {});
      });
    }
  }
  EXPECT_EQ(ends, std::vector(3, FetchFailure::cancelled));
}

TEST(Client, RunsLaterWhatItIsAskedTo) {
  Client client;
  std::promise<Clock::time_point> ran;
  const auto start = Clock::now();
  client.after(Millis(20), [&] { ran.set_value(Clock::now()); });
  EXPECT_GE(ran.get_future().get() - start, Millis(20));
}

}  // namespace
}  // namespace portico::http
