#include "net/stream_hub.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <list>
#include <map>
#include <span>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include "net/loop_runner.h"
#include "net/source_quota.h"
#include "net/tls_context.h"
#include "net/tls_files.h"

namespace portico::net {
namespace {

const Endpoint kAny{.ip = *parse_ip("127.0.0.1"), .port = 0};

// A hub and all that it told. Lives on the loop; the test looks at it through wait_for.
struct Station {
  explicit Station(IoLoop& l, StreamLimits limits = {}, std::shared_ptr<SourceQuota> sources = nullptr)
      : loop(l),
        hub(l,
            {.on_open =
                 [this](const StreamPeer& peer) {
                   open[peer.id] = peer;
                   if (on_open) on_open(peer);
                   look();
                 },
             .on_bytes =
                 [this](ConnectionId id, ByteView bytes) {
                   text[id] += as_text(bytes);
                   const auto state = on_text ? on_text(id) : ReadState::between_messages;
                   look();
                   return state;
                 },
             .on_close =
                 [this](ConnectionId id, const Error& why) {
                   closed.emplace(id, why);
                   look();
                 }},
            limits, std::move(sources)) {}

  void look() { condition.look(); }
  void wait_for(std::function<bool()> holds) { condition.wait_for(std::move(holds)); }

  IoLoop& loop;
  std::map<ConnectionId, StreamPeer> open;
  std::map<ConnectionId, std::string> text;
  std::map<ConnectionId, Error> closed;
  std::function<void(const StreamPeer&)> on_open;
  std::function<ReadState(ConnectionId)> on_text;
  Condition condition{loop};
  StreamHub hub;
};

// A client that is only a socket: it says what it likes, or nothing.
class RawClient {
 public:
  explicit RawClient(const Endpoint& to, const char* from = "127.0.0.1")
      : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_storage address;
    auto length = to_sockaddr({.ip = *parse_ip(from), .port = 0}, address);
    EXPECT_EQ(::bind(fd_, reinterpret_cast<sockaddr*>(&address), length), 0);
    length = to_sockaddr(to, address);
    EXPECT_EQ(::connect(fd_, reinterpret_cast<sockaddr*>(&address), length), 0);
    timeval limit{.tv_sec = 20, .tv_usec = 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  }
  ~RawClient() { ::close(fd_); }
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  void say(std::string_view text) {
    EXPECT_EQ(::send(fd_, text.data(), text.size(), MSG_NOSIGNAL), static_cast<ssize_t>(text.size()));
  }
  void say_what_goes(std::string_view text) { ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL); }
  // As much as is taken: until nothing more has gone for a while. Returns how much that was.
  std::size_t say_until_unheard() {
    const std::string block(65'536, '?');
    std::size_t said = 0;
    for (pollfd writable{.fd = fd_, .events = POLLOUT, .revents = 0}; ::poll(&writable, 1, 200) == 1;) {
      const auto n = ::send(fd_, block.data(), block.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (n < 0) break;
      said += static_cast<std::size_t>(n);
    }
    return said;
  }
  std::size_t hear(std::span<char> buffer) {
    const auto n = ::recv(fd_, buffer.data(), buffer.size(), 0);
    EXPECT_GT(n, 0);
    return n > 0 ? static_cast<std::size_t>(n) : throw std::runtime_error("heard nothing");
  }
  // All until the other side closes; "reset" appended when it ended in an error.
  std::string hear_to_end() {
    std::string all;
    char buffer[4096];
    ssize_t n = 0;
    while ((n = ::recv(fd_, buffer, sizeof buffer, 0)) > 0) all.append(buffer, static_cast<std::size_t>(n));
    return n == 0 ? all : all + "<reset>";
  }

 private:
  int fd_;
};

class StreamHubTest : public ::testing::Test {
 protected:
  void SetUp() override { loop.start(); }
  void TearDown() override {
    loop.stop();
    loop.join();
  }

  std::unique_ptr<Station> station(StreamLimits limits = {}, std::shared_ptr<SourceQuota> sources = nullptr) {
    std::unique_ptr<Station> made;
    on_loop(loop, [&] { made = std::make_unique<Station>(loop, limits, sources); });
    return made;
  }
  void gone(std::unique_ptr<Station>& one) {
    on_loop(loop, [&] { one.reset(); });
  }
  Endpoint listen_tcp(Station& one) {
    Endpoint where;
    on_loop(loop, [&] { where = *one.hub.listen_tcp(kAny); });
    return where;
  }
  Endpoint listen_tls(Station& one, const TlsFiles& files) {
    Endpoint where;
    on_loop(loop, [&] { where = *one.hub.listen_tls(kAny, *TlsServer::load(files)); });
    return where;
  }
  ConnectionId dial(Station& one, const DialRequest& request) {
    ConnectionId id = 0;
    on_loop(loop, [&] { id = one.hub.dial(request); });
    return id;
  }

  IoLoop loop{"test"};
};

TEST_F(StreamHubTest, CarriesBytesBothWaysBetweenTwoHubs) {
  auto server = station();
  auto client = station();
  const auto where = listen_tcp(*server);
  server->on_text = [&](ConnectionId id) {
    EXPECT_TRUE(server->hub.send(id, as_bytes("answer")).has_value());
    return ReadState::between_messages;
  };
  ConnectionId id = 0;
  on_loop(loop, [&] {
    id = client->hub.dial({.remote = where, .from = *parse_ip("127.0.0.3")});
    EXPECT_TRUE(client->hub.send(id, as_bytes("question")).has_value()) << "waits for the connection";
  });
  client->wait_for([&] { return client->text[id] == "answer"; });
  on_loop(loop, [&] {
    const auto& peer = server->open.begin()->second;
    EXPECT_EQ(peer.local, where);
    EXPECT_EQ(peer.remote.ip.to_string(), "127.0.0.3");
    EXPECT_FALSE(peer.outbound);
    EXPECT_EQ(server->text[peer.id], "question");
    EXPECT_TRUE(client->open[id].outbound);
  });
  gone(client);
  server->wait_for([&] { return server->closed.size() == 1; });
  gone(server);
}

TEST_F(StreamHubTest, CloseSendsWhatIsQueuedAndIsNotTold) {
  auto server = station();
  const auto where = listen_tcp(*server);
  const std::string large(300'000, 'x');
  server->on_open = [&](const StreamPeer& peer) {
    EXPECT_TRUE(server->hub.send(peer.id, as_bytes(large)).has_value());
    server->hub.close(peer.id);
    EXPECT_EQ(server->hub.send(peer.id, as_bytes("more")).error().code, Code::not_found);
  };
  {
    RawClient client(where);
    client.say("never read by us");
    EXPECT_EQ(client.hear_to_end(), large);
  }
  on_loop(loop, [&] { EXPECT_TRUE(server->closed.empty()); });
  gone(server);
}

TEST_F(StreamHubTest, TellsWhenNobodyListens) {
  auto server = station();
  auto client = station();
  const auto where = listen_tcp(*server);
  gone(server);
  const auto id = dial(*client, {.remote = where});
  client->wait_for([&] { return client->closed.contains(id); });
  on_loop(loop, [&] {
    EXPECT_EQ(client->closed.at(id).code, Code::unavailable);
    EXPECT_EQ(client->hub.size(), 0U);
  });
  gone(client);
}

// A listener whose queue is full drops what asks to connect: nobody answers, nobody refuses.
TEST_F(StreamHubTest, GivesUpOnAConnectionThatIsNotMadeInTime) {
  const int deaf = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_storage address;
  auto length = to_sockaddr(kAny, address);
  ASSERT_EQ(::bind(deaf, reinterpret_cast<sockaddr*>(&address), length), 0);
  ASSERT_EQ(::listen(deaf, 0), 0);
  ASSERT_EQ(::getsockname(deaf, reinterpret_cast<sockaddr*>(&address), &length), 0);
  const auto where = from_sockaddr(reinterpret_cast<const sockaddr&>(address));
  const RawClient fills(where);
  auto client = station({.connect = 200ms});
  const auto id = dial(*client, {.remote = where});
  client->wait_for([&] { return client->closed.contains(id); });
  on_loop(loop, [&] {
    EXPECT_EQ(client->closed.at(id).code, Code::timeout);
    EXPECT_FALSE(client->open.contains(id));
    EXPECT_EQ(client->hub.size(), 0U);
  });
  gone(client);
  ::close(deaf);
}

TEST_F(StreamHubTest, RefusesConnectionsAboveTheLimitOfOneSource) {
  auto server = station({.per_source_max = 2});
  const auto where = listen_tcp(*server);
  RawClient one(where);
  RawClient two(where);
  server->wait_for([&] { return server->open.size() == 2; });
  RawClient three(where);
  EXPECT_EQ(three.hear_to_end(), "");
  RawClient other(where, "127.0.0.9");
  server->wait_for([&] { return server->open.size() == 3; });
  gone(server);
}

// The kernel spreads them by hash, not evenly: if each hub counted alone, some would be refused too early.
TEST_F(StreamHubTest, CountsTheConnectionsOfASourceForSeveralHubsTogether) {
  const auto sources = std::make_shared<SourceQuota>(100, 20);
  std::vector<std::unique_ptr<Station>> hubs;
  auto where = kAny;
  for (int i = 0; i < 4; ++i) {
    auto& one = *hubs.emplace_back(station({}, sources));
    one.on_open = [&one](const StreamPeer& peer) { EXPECT_TRUE(one.hub.send(peer.id, as_bytes("welcome"))); };
    on_loop(loop, [&] { where = *one.hub.listen_tcp(where, true); });
  }
  std::list<RawClient> clients;
  char heard[16];
  for (int i = 0; i < 20; ++i) EXPECT_EQ(clients.emplace_back(where).hear(heard), 7U);
  EXPECT_EQ(RawClient(where).hear_to_end(), "");
  EXPECT_EQ(clients.emplace_back(where, "127.0.0.9").hear(heard), 7U);
  gone(hubs.back());
  hubs.pop_back();
  on_loop(loop, [&] {
    std::size_t left = 0;
    for (const auto& one : hubs) left += one->hub.size();
    EXPECT_EQ(sources->total(), left) << "what a hub held goes with it";
  });
  for (auto& one : hubs) gone(one);
}

// Who makes us connect to him holds no more connections by that than by connecting himself.
TEST_F(StreamHubTest, CountsConnectionsMadeAtASourcesWishAmongItsOwn) {
  auto server = station({.per_source_max = 1});
  auto peer = station();
  const auto there = listen_tcp(*peer);
  const auto first = dial(*server, {.remote = there, .charged = true});
  const auto second = dial(*server, {.remote = there, .charged = true});
  const auto ours = dial(*server, {.remote = there});
  server->wait_for([&] {
    return server->open.contains(first) && server->closed.contains(second) && server->open.contains(ours);
  });
  on_loop(loop, [&] { EXPECT_EQ(server->closed.at(second).code, Code::busy); });
  gone(peer);
  server->wait_for([&] { return server->closed.contains(first); });
  peer = station();
  const auto again = listen_tcp(*peer);
  const auto third = dial(*server, {.remote = again, .charged = true});
  server->wait_for([&] { return server->open.contains(third); });
  gone(peer);
  gone(server);
}

TEST_F(StreamHubTest, RefusesConnectionsAboveTheTotalLimitWhenAllAreInUse) {
  auto server = station({.connections_max = 1});
  server->on_open = [&](const StreamPeer& peer) { server->hub.hold(peer.id, true); };
  const auto where = listen_tcp(*server);
  RawClient one(where);
  server->wait_for([&] { return server->open.size() == 1; });
  RawClient two(where, "127.0.0.9");
  EXPECT_EQ(two.hear_to_end(), "");
  const auto id = dial(*server, {.remote = where});
  server->wait_for([&] { return server->closed.contains(id); });
  on_loop(loop, [&] { EXPECT_EQ(server->closed.at(id).code, Code::busy); });
  gone(server);
}

// Few addresses must not hold all there are, for ever.
TEST_F(StreamHubTest, GivesThePlaceOfAnIdleConnectionToOneThatComes) {
  auto server = station({.connections_max = 3});
  server->on_text = [&](ConnectionId id) {
    server->hub.hold(id, server->text[id] == "call");
    return ReadState::between_messages;
  };
  const auto where = listen_tcp(*server);
  RawClient busy(where, "127.0.0.2");
  busy.say("call");
  server->wait_for([&] { return server->text.size() == 1; });
  RawClient talker(where, "127.0.0.3");
  talker.say("hello");
  server->wait_for([&] { return server->text.size() == 2; });
  RawClient silent(where, "127.0.0.4");
  server->wait_for([&] { return server->open.size() == 3; });
  RawClient first(where, "127.0.0.5");
  EXPECT_EQ(silent.hear_to_end(), "") << "who has said nothing goes first";
  server->wait_for([&] { return server->open.size() == 4; });
  first.say("hello");
  server->wait_for([&] { return server->text.size() == 3; });
  RawClient second(where, "127.0.0.6");
  EXPECT_EQ(talker.hear_to_end(), "") << "then who has been silent longest";
  server->wait_for([&] { return server->open.size() == 5; });
  on_loop(loop, [&] { EXPECT_EQ(server->hub.size(), 3U) << "the one with the call is still there"; });
  gone(server);
}

// A call whose connection broke goes on by one of ours.
TEST_F(StreamHubTest, GivesThePlaceOfAnIdleConnectionToOneThatItMakes) {
  auto peer = station();
  const auto there = listen_tcp(*peer);
  auto server = station({.connections_max = 2});
  const auto where = listen_tcp(*server);
  RawClient first(where, "127.0.0.2");
  server->wait_for([&] { return server->open.size() == 1; });
  const RawClient second(where, "127.0.0.3");
  server->wait_for([&] { return server->open.size() == 2; });
  const auto id = dial(*server, {.remote = there});
  EXPECT_EQ(first.hear_to_end(), "");
  server->wait_for([&] { return server->open.contains(id); });
  on_loop(loop, [&] {
    ASSERT_EQ(server->closed.size(), 1U);
    EXPECT_EQ(server->closed.begin()->second.code, Code::busy);
    EXPECT_EQ(server->hub.size(), 2U);
  });
  gone(server);
  gone(peer);
}

TEST_F(StreamHubTest, ClosesAConnectionThatSaysNothing) {
  auto server = station({.first_byte = 20ms});
  const auto where = listen_tcp(*server);
  RawClient silent(where);
  EXPECT_EQ(silent.hear_to_end(), "");
  server->wait_for([&] { return server->closed.size() == 1; });
  on_loop(loop, [&] { EXPECT_EQ(server->closed.begin()->second.code, Code::timeout); });
  gone(server);
}

TEST_F(StreamHubTest, ClosesAConnectionWhoseMessageDoesNotEnd) {
  auto server = station({.message = 20ms});
  server->on_text = [](ConnectionId) { return ReadState::within_message; };
  const auto where = listen_tcp(*server);
  RawClient slow(where);
  slow.say("INVITE sip:");
  EXPECT_EQ(slow.hear_to_end(), "");
  gone(server);
}

TEST_F(StreamHubTest, ClosesAnIdleConnectionButNotOneInUse) {
  auto server = station({.idle = 20ms});
  server->on_text = [&](ConnectionId id) {
    if (server->text[id] == "busy") server->hub.hold(id, true);
    return ReadState::between_messages;
  };
  const auto where = listen_tcp(*server);
  RawClient busy(where);
  busy.say("busy");
  server->wait_for([&] { return server->text.size() == 1; });
  RawClient idle(where);
  idle.say("idle");
  EXPECT_EQ(idle.hear_to_end(), "");
  ConnectionId held = 0;
  on_loop(loop, [&] {
    ASSERT_EQ(server->hub.size(), 1U);
    held = server->text.begin()->first;
    EXPECT_EQ(server->text[held], "busy");
    server->hub.hold(held, false);
  });
  EXPECT_EQ(busy.hear_to_end(), "");
  gone(server);
}

TEST_F(StreamHubTest, ClosesABadStream) {
  auto server = station();
  server->on_text = [](ConnectionId) { return ReadState::bad_stream; };
  const auto where = listen_tcp(*server);
  RawClient client(where);
  client.say("\x16\x03\x01");
  client.hear_to_end();
  server->wait_for([&] { return server->closed.size() == 1; });
  on_loop(loop, [&] { EXPECT_EQ(server->closed.begin()->second.code, Code::invalid); });
  gone(server);
}

// Closing over what it goes on sending would be a reset, and take the answer along.
TEST_F(StreamHubTest, AnswersABadStreamBeforeItCloses) {
  auto server = station();
  const auto where = listen_tcp(*server);
  server->on_text = [&](ConnectionId id) {
    EXPECT_TRUE(server->hub.send(id, as_bytes("too large")));
    return ReadState::bad_stream;
  };
  RawClient client(where);
  client.say(std::string(100'000, 'x'));
  EXPECT_EQ(client.hear_to_end(), "too large");
  server->wait_for([&] { return server->closed.size() == 1; });
  on_loop(loop,
          [&] { EXPECT_LE(server->text.begin()->second.size(), 4'096U) << "the rest is not looked at"; });
  gone(server);
}

TEST_F(StreamHubTest, ClosesTheConnectionWhoseBytesThrow) {
  auto server = station();
  const auto where = listen_tcp(*server);
  server->on_text = [](ConnectionId) -> ReadState { throw std::bad_alloc(); };
  RawClient client(where);
  client.say("x");
  client.hear_to_end();
  server->wait_for([&] { return server->closed.size() == 1; });
  gone(server);
}

TEST_F(StreamHubTest, GoesOnAcceptingAfterAConnectionThatThrows) {
  auto server = station({.per_source_max = 1});
  const auto where = listen_tcp(*server);
  int opened = 0;
  server->on_open = [&](const StreamPeer&) {
    if (++opened == 1) throw std::bad_alloc();
  };
  RawClient unlucky(where);
  unlucky.hear_to_end();
  RawClient next(where);
  server->wait_for([&] { return opened == 2; });
  on_loop(loop,
          [&] { EXPECT_EQ(server->hub.size(), 1U) << "and the first holds nothing of its source's share"; });
  gone(server);
}

TEST_F(StreamHubTest, GivesUpOnAPeerThatDoesNotRead) {
  auto server = station({.send_queue_bytes_max = 200'000});
  const auto where = listen_tcp(*server);
  Result<void> last;
  server->on_open = [&](const StreamPeer& peer) {
    const std::string block(50'000, 'x');
    // The kernel's buffers take some of it first; the queue is what counts.
    for (int i = 0; i < 1'000 && last; ++i) last = server->hub.send(peer.id, as_bytes(block));
  };
  RawClient deaf(where);
  server->wait_for([&] { return server->closed.size() == 1; });
  on_loop(loop, [&] {
    ASSERT_FALSE(last.has_value());
    EXPECT_EQ(last.error().code, Code::too_large);
    EXPECT_EQ(server->closed.begin()->second.code, Code::too_large);
  });
  gone(server);
}

// Answers with more than it is asked, as SIP may.
void answer_much(Station& server, std::atomic<std::size_t>& asked) {
  server.on_text = [&, block = std::string(20'000, 'x')](ConnectionId id) {
    asked = server.text[id].size();
    std::ignore = server.hub.send(id, as_bytes(block));
    return ReadState::between_messages;
  };
}

TEST_F(StreamHubTest, HearsNoMoreOfAPeerThatReadsNoAnswersUntilItReads) {
  auto server = station({.send_queue_bytes_max = 100'000});
  const auto where = listen_tcp(*server);
  std::atomic<std::size_t> asked = 0;
  answer_much(*server, asked);
  RawClient greedy(where);
  const std::size_t said = greedy.say_until_unheard();
  EXPECT_LT(asked, said);
  for (char buffer[65'536]; asked < said;) greedy.hear(buffer);
  on_loop(loop, [&] { EXPECT_TRUE(server->closed.empty()); });
  gone(server);
}

TEST_F(StreamHubTest, GivesUpOnAPeerThatAsksOnAndReadsNoAnswers) {
  auto server = station({.message = 50ms});
  const auto where = listen_tcp(*server);
  std::atomic<std::size_t> asked = 0;
  answer_much(*server, asked);
  RawClient greedy(where);
  std::jthread asking([&] { greedy.say_what_goes(std::string(20'000'000, '?')); });
  server->wait_for([&] { return server->closed.size() == 1; });
  on_loop(loop, [&] { EXPECT_EQ(server->closed.begin()->second.code, Code::timeout); });
  gone(server);
}

TEST_F(StreamHubTest, HearsTheConnectionOfACallUntilItsQueueIsFull) {
  auto server = station({.message = 1h});
  const auto where = listen_tcp(*server);
  server->on_open = [&](const StreamPeer& peer) { server->hub.hold(peer.id, true); };
  std::atomic<std::size_t> asked = 0;
  answer_much(*server, asked);
  RawClient greedy(where);
  std::jthread asking([&] { greedy.say_what_goes(std::string(20'000'000, '?')); });
  server->wait_for([&] { return server->closed.size() == 1; });
  on_loop(loop, [&] { EXPECT_EQ(server->closed.begin()->second.code, Code::too_large); });
  gone(server);
}

TEST_F(StreamHubTest, AStalledTlsHandshakeDoesNotHoldUpTheNext) {
  TempDirectory directory;
  const auto files = make_identity(directory, "sip.example.com");
  auto server = station();
  const auto where = listen_tls(*server, files);
  std::vector<std::unique_ptr<RawClient>> stalled;
  for (int i = 0; i < 5; ++i) {
    stalled.push_back(std::make_unique<RawClient>(where, "127.0.0.8"));
    stalled.back()->say("\x16\x03\x01\x02");  // the beginning of a ClientHello, and no more
  }
  auto client = station();
  on_loop(loop, [&] { client->hub.set_tls_client(*TlsClient::make({.ca_file = files.certificate})); });
  const auto id = dial(*client, {.remote = where, .tls = true, .verify_name = "sip.example.com"});
  client->wait_for([&] { return client->open.contains(id) || client->closed.contains(id); });
  on_loop(loop, [&] {
    ASSERT_TRUE(client->open.contains(id)) << client->closed.at(id).what;
    EXPECT_TRUE(client->open[id].tls);
    EXPECT_TRUE(client->hub.send(id, as_bytes("secret")).has_value());
  });
  server->wait_for([&] { return server->text.size() == 1 && server->text.begin()->second == "secret"; });
  on_loop(loop, [&] { EXPECT_EQ(server->hub.size(), 6U) << "the stalled ones still have their time"; });
  gone(client);
  gone(server);
}

TEST_F(StreamHubTest, ClosesAStalledTlsHandshakeWithoutTellingTheUser) {
  TempDirectory directory;
  auto server = station({.handshake = 20ms});
  const auto where = listen_tls(*server, make_identity(directory, "sip.example.com"));
  RawClient stalled(where);
  stalled.say("\x16\x03\x01\x02");
  EXPECT_EQ(stalled.hear_to_end(), "");
  on_loop(loop, [&] {
    EXPECT_TRUE(server->closed.empty());
    EXPECT_EQ(server->hub.size(), 0U);
  });
  gone(server);
}

TEST_F(StreamHubTest, WhatIsNotTlsIsNotWaitedFor) {
  TempDirectory directory;
  auto server = station({.handshake = 1h});
  const auto where = listen_tls(*server, make_identity(directory, "sip.example.com"));
  RawClient plain(where);
  plain.say("OPTIONS sip:sip.example.com SIP/2.0\r\n");
  plain.hear_to_end();
  on_loop(loop, [&] { EXPECT_EQ(server->hub.size(), 0U); });
  gone(server);
}

TEST_F(StreamHubTest, TrustsOnlyACertificateOfTheRightNameAndAuthority) {
  TempDirectory directory;
  TempDirectory elsewhere;
  const auto files = make_identity(directory, "sip.example.com");
  const auto others = make_identity(elsewhere, "sip.example.com");
  auto server = station();
  const auto where = listen_tls(*server, files);

  auto try_dial = [&](const TlsClientOptions& trust, const std::string& name) {
    auto client = station();
    on_loop(loop, [&] { client->hub.set_tls_client(*TlsClient::make(trust)); });
    const auto id = dial(*client, {.remote = where, .tls = true, .verify_name = name});
    client->wait_for([&] { return client->open.contains(id) || client->closed.contains(id); });
    bool trusted = false;
    on_loop(loop, [&] { trusted = client->open.contains(id); });
    gone(client);
    return trusted;
  };
  EXPECT_TRUE(try_dial({.ca_file = files.certificate}, "sip.example.com"));
  EXPECT_TRUE(try_dial({.ca_file = files.certificate}, "")) << "the address is in the certificate too";
  EXPECT_FALSE(try_dial({.ca_file = files.certificate}, "other.example.com"));
  EXPECT_FALSE(try_dial({.ca_file = others.certificate}, "sip.example.com"));
  EXPECT_FALSE(try_dial({}, "sip.example.com")) << "the system does not know it";
  EXPECT_TRUE(try_dial({.verify = false}, "whatever.example.com"));
  gone(server);
}

TEST_F(StreamHubTest, CarriesLargeMessagesOverTlsAndSaysFarewell) {
  TempDirectory directory;
  const auto files = make_identity(directory, "sip.example.com");
  auto server = station();
  auto client = station();
  const auto where = listen_tls(*server, files);
  on_loop(loop, [&] { client->hub.set_tls_client(*TlsClient::make({.verify = false})); });
  const auto id = dial(*client, {.remote = where, .tls = true});
  std::string large;
  for (int i = 0; i < 60'000; ++i) large += std::to_string(i);
  on_loop(loop, [&] { EXPECT_TRUE(client->hub.send(id, as_bytes(large)).has_value()); });
  server->wait_for(
      [&] { return !server->text.empty() && server->text.begin()->second.size() == large.size(); });
  on_loop(loop, [&] {
    EXPECT_TRUE(server->text.begin()->second == large);
    client->hub.close(id);
  });
  server->wait_for([&] { return server->closed.size() == 1; });
  gone(client);
  gone(server);
}

TEST_F(StreamHubTest, DialWithoutATlsClientSaysSo) {
  auto client = station();
  const auto id = dial(*client, {.remote = {.ip = *parse_ip("127.0.0.1"), .port = 9}, .tls = true});
  client->wait_for([&] { return client->closed.contains(id); });
  on_loop(loop, [&] { EXPECT_EQ(client->closed.at(id).code, Code::invalid); });
  gone(client);
}

}  // namespace
}  // namespace portico::net
