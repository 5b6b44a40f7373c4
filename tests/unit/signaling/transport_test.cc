#include "signaling/transport.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

#include "net/loop_runner.h"
#include "net/tls_files.h"
#include "net/udp_batch.h"

namespace portico::signaling {
namespace {

using net::Awaited;
using net::on_loop;

const IpAddress kHere = *parse_ip("127.0.0.1");

std::string options_from(std::string_view sent_by, std::string_view id) {
  return "OPTIONS sip:a@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/TCP " + std::string(sent_by) +
         ";branch=z9hG4bK1\r\nFrom: <sip:b@127.0.0.1>;tag=1\r\nTo: <sip:a@127.0.0.1>\r\nCall-ID: " +
         std::string(id) + "\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n";
}

std::string answer_to(std::string_view sent_by, std::string_view transport) {
  return "SIP/2.0 200 OK\r\nVia: SIP/2.0/" + std::string(transport) + " " + std::string(sent_by) +
         ";branch=z9hG4bK1;received=127.0.0.1\r\nContent-Length: 0\r\n\r\n";
}

// Of a connection that broke.
sip::Flow gone_flow(sip::Transport transport) {
  return {.transport = transport, .connection = 1'000'000'000, .remote = {.ip = kHere, .port = 1}};
}

// A phone's socket. It connects to the transport, or waits for the transport to connect.
class Socket {
 public:
  explicit Socket(int fd = ::socket(AF_INET, SOCK_STREAM, 0)) : fd_(fd) {
    const timeval limit{.tv_sec = 20, .tv_usec = 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  }
  ~Socket() { ::close(fd_); }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  void connect(std::uint16_t port) {
    sockaddr_storage to;
    const auto size = to_sockaddr({.ip = kHere, .port = port}, to);
    ASSERT_EQ(::connect(fd_, reinterpret_cast<sockaddr*>(&to), size), 0);
  }
  std::uint16_t listen() {
    sockaddr_storage at;
    auto size = to_sockaddr({.ip = kHere, .port = 0}, at);
    EXPECT_EQ(::bind(fd_, reinterpret_cast<sockaddr*>(&at), size), 0);
    EXPECT_EQ(::listen(fd_, 4), 0);
    EXPECT_EQ(::getsockname(fd_, reinterpret_cast<sockaddr*>(&at), &size), 0);
    return from_sockaddr(reinterpret_cast<sockaddr&>(at)).port;
  }
  int accept() const { return ::accept(fd_, nullptr, nullptr); }
  // A connection of this host is there, or refused, when connect() returns.
  bool is_called() const {
    pollfd waiting{.fd = fd_, .events = POLLIN, .revents = 0};
    return ::poll(&waiting, 1, 0) > 0;
  }
  void say(std::string_view text) const {
    EXPECT_EQ(::send(fd_, text.data(), text.size(), MSG_NOSIGNAL), static_cast<ssize_t>(text.size()));
  }
  std::string hear() const {
    char buffer[4096];
    const auto n = ::recv(fd_, buffer, sizeof buffer, 0);
    return n <= 0 ? std::string() : std::string(buffer, static_cast<std::size_t>(n));
  }

 private:
  int fd_;
};

struct TransportTest : ::testing::Test {
  void open(net::StreamLimits limits = {}, std::shared_ptr<net::TlsClient> trust = nullptr) {
    loop.start();
    on_loop(loop, [&] {
      transport = std::make_unique<Transport>(
          loop, TransportHandlers{.on_message =
                                      [this](const sip::Flow& flow, sip::Parsed&& parsed) {
                                        flows[std::string(parsed.message.value("Call-ID"))] = flow;
                                        look();
                                      },
                                  .on_error =
                                      [this](const sip::Flow& flow) {
                                        broken.push_back(flow);
                                        look();
                                      }});
      ASSERT_TRUE(transport->open({.bind = kHere, .tls_client = std::move(trust), .streams = limits}));
    });
  }
  void TearDown() override {
    on_loop(loop, [&] { transport.reset(); });
    loop.stop();
    loop.join();
  }
  void look() { condition.look(); }
  void wait_for(std::function<bool()> holds) { condition.wait_for(std::move(holds)); }
  sip::Flow flow_of(const std::string& id) {
    wait_for([&, id] { return flows.contains(id); });
    sip::Flow flow;
    on_loop(loop, [&] { flow = flows.at(id); });
    return flow;
  }
  bool is_broken(const sip::Flow& flow) const {
    return std::ranges::find(broken, flow) != broken.end();  // requests know it by no less
  }

  net::IoLoop loop{"test"};
  std::unique_ptr<Transport> transport;
  std::map<std::string, sip::Flow> flows;  // by Call-ID
  std::vector<sip::Flow> broken;
  net::Condition condition{loop};
};

// RFC 3261 section 18.2.2.
TEST_F(TransportTest, SendsAnAnswerWhoseConnectionIsGoneToThePortOfSentBy) {
  open();
  Socket listener;
  const auto port = listener.listen();
  auto phone = std::make_unique<Socket>();
  phone->connect(transport->sip_port());
  // The host of sent-by is not looked at: the answer goes to where the request came from.
  phone->say(options_from("phone.invalid:" + std::to_string(port), "one"));
  const auto flow = flow_of("one");
  on_loop(loop, [&] { transport->hold(flow, true); });
  phone.reset();
  wait_for([&] { return is_broken(flow); });
  const auto answer = answer_to("phone.invalid:" + std::to_string(port), "TCP");
  on_loop(loop, [&] {
    transport->send(flow, answer);
    transport->send(flow, answer);
  });
  const Socket called(listener.accept());
  auto heard = called.hear();
  while (heard.size() < 2 * answer.size()) heard += called.hear();
  EXPECT_EQ(heard, answer + answer) << "both by one connection";
  // And it is a connection like any other.
  called.say(options_from("phone.invalid", "two"));
  EXPECT_EQ(flow_of("two").remote.port, port);
}

// Who is not in a call could have us knock at any port of its address.
TEST_F(TransportTest, OpensNoConnectionForAnAnswerThatIsOfNoCall) {
  open();
  Socket listener;
  const auto answer = answer_to("127.0.0.1:" + std::to_string(listener.listen()), "TCP");
  auto flow = gone_flow(sip::Transport::tcp);
  on_loop(loop, [&] {
    transport->send(flow, answer);
    transport->hold(flow, true);
    transport->hold(flow, true);
    transport->hold(flow, false);
    transport->hold(flow, false);
    transport->send(flow, answer);  // nor any more when its calls are over
  });
  EXPECT_FALSE(listener.is_called());
  on_loop(loop, [&] {
    transport->hold(flow, true);
    transport->send(flow, answer);
  });
  const Socket called(listener.accept());
  EXPECT_EQ(called.hear(), answer);
}

// A phone that listens for TLS.
struct TlsPhone {
  TlsPhone(net::IoLoop& l, const net::TlsFiles& files)
      : loop(l),
        hub(l, {.on_open = {},
                .on_bytes =
                    [this](net::ConnectionId, ByteView bytes) {
                      heard.set(std::string(as_text(bytes)));
                      return net::ReadState::between_messages;
                    },
                .on_close = {}}) {
    port = hub.listen_tls({.ip = kHere, .port = 0}, *net::TlsServer::load(files))->port;
  }

  net::IoLoop& loop;
  net::StreamHub hub;
  std::uint16_t port = 0;
  Awaited<std::string> heard;
};

struct TransportTlsTest : TransportTest {
  void SetUp() override {
    open({}, *net::TlsClient::make({.ca_file = files.certificate}));
    on_loop(loop, [&] { phone = std::make_unique<TlsPhone>(loop, files); });
  }
  void TearDown() override {
    on_loop(loop, [&] { phone.reset(); });
    TransportTest::TearDown();
  }
  std::string answer_by(std::string_view host) {
    const auto answer = answer_to(std::string(host) + ":" + std::to_string(phone->port), "TLS");
    on_loop(loop, [&] {
      const auto flow = gone_flow(sip::Transport::tls);
      transport->hold(flow, true);
      transport->send(flow, answer);
    });
    return answer;
  }

  net::TempDirectory directory;
  net::TlsFiles files = net::make_identity(directory, "phone.example.org");
  std::unique_ptr<TlsPhone> phone;
};

TEST_F(TransportTlsTest, SendsAnAnswerWhoseConnectionIsGoneToWhoShowsACertificateOfSentBy) {
  const auto answer = answer_by("phone.example.org");
  EXPECT_EQ(phone->heard.get(), answer);
}

TEST_F(TransportTlsTest, TakesAnAddressInSentByForTheNameOfTheCertificate) {
  const auto answer = answer_by("127.0.0.1");
  EXPECT_EQ(phone->heard.get(), answer);
}

TEST_F(TransportTlsTest, TellsNothingToWhoShowsAnotherCertificate) {
  answer_by("other.example.org");
  wait_for([&] { return !broken.empty(); });
  // The right one is asked anew, though the address is the same.
  const auto answer = answer_by("phone.example.org");
  EXPECT_EQ(phone->heard.get(), answer) << "the first that it heard";
}

std::string bye_to(const std::string& uri, const std::string& route = "") {
  return "BYE " + uri + " SIP/2.0\r\n" + route +
         "Via: SIP/2.0/TLS 127.0.0.1;branch=z9hG4bK2\r\nCSeq: 1 BYE\r\nContent-Length: 0\r\n\r\n";
}

TEST_F(TransportTlsTest, SendsARequestWhoseConnectionIsGoneToWhoShowsACertificateOfItsNextHop) {
  const auto port = ":" + std::to_string(phone->port);
  const auto flow = gone_flow(sip::Transport::tls);
  const auto send = [&](const std::string& request) {
    on_loop(loop, [&] {
      transport->hold(flow, true);
      transport->send(flow, request);
    });
    return request;
  };
  send(bye_to("sip:a@10.0.0.5", "Route: <sip:other.example.org" + port + ";transport=tls;lr>\r\n"));
  wait_for([&] { return is_broken(flow); });
  const auto bye = send(
      bye_to("sip:a@10.0.0.5", "Route: <sip:phone.example.org" + port + ";transport=TLS;lr>,<sip:b>\r\n"));
  EXPECT_EQ(phone->heard.get(), bye) << "the first that it heard";
}

TEST_F(TransportTlsTest, TellsOfEachConnectionThatOneWhichFailsStoodFor) {
  const auto one = gone_flow(sip::Transport::tls);
  auto two = one;
  two.connection += 1;
  two.remote.port = 2;
  const auto bye = bye_to("sips:a@other.example.org:" + std::to_string(phone->port));
  on_loop(loop, [&] {
    for (const auto& flow : {one, two, one}) {
      transport->hold(flow, true);
      transport->send(flow, bye);
    }
  });
  wait_for([&] { return is_broken(one) && is_broken(two); });
}

TEST_F(TransportTlsTest, TakesTheRequestUriForTheNextHopWhereNoLooseRouterIsNamed) {
  const auto flow = gone_flow(sip::Transport::tls);
  const auto bye = bye_to("sips:a@phone.example.org:" + std::to_string(phone->port),
                          "Route: <sip:b@other.example.org;transport=tls>\r\n");
  on_loop(loop, [&] {
    transport->hold(flow, true);
    transport->send(flow, bye);
  });
  EXPECT_EQ(phone->heard.get(), bye);
}

TEST_F(TransportTlsTest, OpensNoConnectionForARequestThatIsOfNoCallOrDoesNotGoByTls) {
  Socket listener;
  const auto host = "127.0.0.1:" + std::to_string(listener.listen());
  const auto flow = gone_flow(sip::Transport::tls);
  on_loop(loop, [&] {
    transport->send(flow, bye_to("sips:a@" + host));
    EXPECT_TRUE(broken.empty()) << "told later: who sends is in the middle of its work";
  });
  wait_for([&] { return is_broken(flow); });
  on_loop(loop, [&] {
    broken.clear();
    transport->hold(flow, true);
    transport->send(flow, bye_to("sip:a@" + host));
  });
  wait_for([&] { return is_broken(flow); });
  EXPECT_FALSE(listener.is_called());
}

TEST_F(TransportTest, KeepsAConnectionOpenWhileAnyCallUsesIt) {
  open({.idle = 20ms});
  Socket used;
  used.connect(transport->sip_port());
  used.say(options_from("127.0.0.1", "used"));
  const auto flow = flow_of("used");
  on_loop(loop, [&] {
    transport->hold(flow, true);
    transport->hold(flow, true);
    transport->hold(flow, false);
  });
  Socket idle;
  idle.connect(transport->sip_port());
  idle.say(options_from("127.0.0.1", "idle"));
  const auto other = flow_of("idle");
  wait_for([&] { return is_broken(other); });
  on_loop(loop, [&] {
    EXPECT_FALSE(is_broken(flow));
    transport->hold(flow, false);
  });
  wait_for([&] { return is_broken(flow); });
}

}  // namespace
}  // namespace portico::signaling
